"""What the pages must keep: rules, the same content in both languages, typography."""

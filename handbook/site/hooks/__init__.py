"""What MkDocs calls while it builds. What a page says is staged before, as plain files."""

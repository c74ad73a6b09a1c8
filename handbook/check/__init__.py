"""Checks of the pages: rules, parity of both languages, typography."""

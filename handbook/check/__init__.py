"""Checks of the pages, run by the tests: rules, parity of both languages, typography."""

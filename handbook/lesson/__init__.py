"""A lesson as it is written: its files, sections, results, pages, terms and old forms."""

"""MkDocs hooks. The content of the pages is staged before, as plain files."""

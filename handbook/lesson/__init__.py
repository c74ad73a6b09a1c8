"""The sources of a lesson: its files, sections, results, pages, terms and outdated claims."""

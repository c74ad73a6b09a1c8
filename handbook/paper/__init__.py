"""The built site as a book of one file: PDF to print, EPUB to carry."""

"""Runs of the lessons with other versions of the libraries, and their results."""

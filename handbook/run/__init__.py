"""Runs of lessons, each in its own process, and their stored results."""

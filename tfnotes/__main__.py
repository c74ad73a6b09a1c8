"""Run the command line: ``python -m tfnotes``."""

from tfnotes.command import main

main()

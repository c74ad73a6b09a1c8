"""Run the lessons with other versions of the libraries, and say how fresh they are."""

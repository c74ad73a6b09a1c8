"""A script that trains on many workers, and the files to submit it with."""

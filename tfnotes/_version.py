"""The version of the package. Lessons do not depend on this file."""

__version__ = "0.2.0"

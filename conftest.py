"""Pages and labs are tests: see handbook/collect.py."""

from handbook.collect import (
    pytest_addoption,
    pytest_collect_file,
    pytest_configure,
)

__all__ = [
    "pytest_addoption",
    "pytest_collect_file",
    "pytest_configure",
]

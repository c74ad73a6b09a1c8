"""Pages and labs are tests: see handbook/collect.py."""

from handbook.collect import (
    pytest_addoption,
    pytest_collect_file,
    pytest_configure,
    pytest_runtest_call,
)

__all__ = [
    "pytest_addoption",
    "pytest_collect_file",
    "pytest_configure",
    "pytest_runtest_call",
]

"""Pytest hooks of the pages and labs: see handbook/run/collect.py."""

from handbook.run.collect import (
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

"""Pytest hooks of the pages and labs: see handbook/run/collect.py."""

import os

from handbook.run.collect import (
    pytest_addoption,
    pytest_collect_file,
    pytest_configure,
    pytest_pycollect_makemodule,
    pytest_runtest_call,
)

__all__ = [
    "pytest_addoption",
    "pytest_collect_file",
    "pytest_configure",
    "pytest_pycollect_makemodule",
    "pytest_runtest_call",
]


def pytest_xdist_auto_num_workers() -> int:
    """Return the processes of ``-n auto``: one more than cores, as many tests wait for others."""
    return min(5, (os.cpu_count() or 1) + 1)

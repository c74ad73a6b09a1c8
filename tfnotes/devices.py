"""What the machine is, so that a measured number can name where it was measured."""

import os
import platform
import re
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")


def machine() -> str:
    """Name this machine's processor and how many of its cores may be used.

    Returns:
        One line, such as ``"AMD EPYC 7B13, 2 cores"``.

    Examples:
        >>> machine().split()[-1] in ("core", "cores")
        True
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0
    cores = cores or os.cpu_count() or 1
    return f"{_processor()}, {cores} core{'s' * (cores > 1)}"


def _processor() -> str:
    if CPUINFO.exists():
        names = re.findall(r"^model name\s*:\s*(.+)$", CPUINFO.read_text(), re.M)
        if names:
            return re.sub(r"\((?:R|TM)\)| CPU| Processor| @.*", "", names[0]).strip()
    return platform.processor() or platform.machine()

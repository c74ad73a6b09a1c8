"""Describe the machine on which a number was measured."""

import os
import platform
import re
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")


def machine() -> str:
    """Return this machine's processor and its number of usable cores.

    Returns:
        One line, such as ``"AMD EPYC 7B13, 2 cores"``.

    Examples:
        >>> machine().split()[-1] in ("core", "cores")
        True
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0
    cores = cores or os.cpu_count() or 1
    return f"{_processor()}, {cores} core{'s' * (cores > 1)}"


def instructions() -> set[str]:
    """List the instruction sets of the processor, by their Linux names.

    Returns:
        Names such as ``"avx2"``; empty without ``/proc/cpuinfo``.

    Examples:
        >>> "no_such_instructions" in instructions()
        False
    """
    return set(_cpuinfo("flags").split())


def _processor() -> str:
    name = re.sub(r"\((?:R|TM)\)| CPU| Processor| @.*", "", _cpuinfo("model name"))
    return name.strip() or platform.processor() or platform.machine()


def _cpuinfo(field: str) -> str:
    text = CPUINFO.read_text(encoding="utf-8") if CPUINFO.exists() else ""
    found = re.search(rf"^{field}\s*:\s*(.+)$", text, re.M)
    return found[1] if found else ""

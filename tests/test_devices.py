"""The name of the machine."""

from pathlib import Path

import pytest

from tfnotes import devices


def test_a_processor_is_named_without_its_marks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "cpuinfo"
    info.write_text("model name\t: Intel(R) Xeon(R) CPU E5-2690 v4 @ 2.60GHz\n")
    monkeypatch.setattr(devices, "CPUINFO", info)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1, 2}, raising=False)
    assert devices.machine() == "Intel Xeon E5-2690 v4, 3 cores"


def test_a_machine_without_cpuinfo_still_has_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "CPUINFO", tmp_path / "none")
    monkeypatch.setattr("platform.processor", lambda: "")
    monkeypatch.setattr("platform.machine", lambda: "arm64")
    assert devices.machine().startswith("arm64, ")

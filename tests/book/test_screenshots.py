"""Screenshots of the real TensorBoard, taken by a refresh."""

import io
import json
from pathlib import Path

import matplotlib.image
import numpy as np
import pytest
import tensorflow as tf
from playwright.sync_api import Browser

from handbook import browser
from handbook.files import replace
from handbook.run import records, refresh, screenshots
from tests.conftest import SmallHandbook

pytestmark = pytest.mark.slow

LOGGING = """\
# --8<-- [start:log]
from pathlib import Path

Path("logs/run").mkdir(parents=True)
# --8<-- [end:log]
"""


def test_tensorboard_screenshots_are_light_and_dark(chromium: Browser, tmp_path: Path) -> None:
    with tf.summary.create_file_writer(str(tmp_path / "logs/rise")).as_default():
        for step in range(9):
            tf.summary.scalar("height", step**2, step)
    screenshots.capture(chromium, ["scalars"], tmp_path / "logs", tmp_path)
    light, dark = (
        matplotlib.image.imread(io.BytesIO((tmp_path / name).read_bytes()), "png")[..., :3]
        for name in ("scalars.png", "scalars.dark.png")
    )
    wide, high = (round(screenshots.SCALE * n) for n in (screenshots.WIDTH, screenshots.HEIGHT))
    assert light.shape == dark.shape == (high, wide, 3)
    paper = light[high // 3 :].mean(), dark[high // 3 :].mean()
    assert paper[0] > 0.8 > 0.4 > paper[1]
    chart = (slice(high // 3, None), slice(wide // 3, None))
    for image in (light, dark):  # the curve is colored, the rest of the chart is gray
        assert (np.ptp(image[chart], axis=-1) > 0.5).sum() > 100


def taken(scheme: str) -> bytes:
    return f"a screenshot, {scheme}".encode()


@pytest.fixture
def camera(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Fake screenshots, and a list of the lessons they were taken of."""
    calls = []

    def take(tabs: list[str], logs: Path, folder: Path) -> None:
        assert (logs / "run").is_dir()
        calls.append(folder.name)
        for tab in tabs:
            for scheme, suffix in screenshots.COLOR_SCHEMES.items():
                replace(folder / (tab + suffix), taken(scheme) + str(len(calls)).encode())

    monkeypatch.setattr(screenshots, "take", take)
    return calls


def test_screenshots_are_kept_until_the_lesson_changes(
    small: SmallHandbook, camera: list[str]
) -> None:
    lesson = small.lesson("a/logged", LOGGING, "screenshots: [scalars]")
    assert refresh.run([lesson]) == []
    assert records.stale(lesson) == []
    assert set(json.loads(lesson.record.read_text())["figures"]) == {
        "scalars.png",
        "scalars.dark.png",
    }
    assert refresh.run([lesson]) == []
    assert camera == ["logged"]
    lesson.code.write_text(lesson.code.read_text().replace("True)", "True, exist_ok=True)"))
    assert refresh.run([lesson]) == []
    assert camera == ["logged", "logged"]
    (lesson.figures / "scalars.dark.png").write_bytes(b"painted")
    assert records.stale(lesson) == ["figure scalars.dark.png is not the one that the lesson drew"]
    (lesson.figures / "scalars.dark.png").unlink()
    assert records.stale(lesson) == ["figure scalars.dark.png is missing"]


def test_newly_configured_tab_is_reported_missing(small: SmallHandbook, camera: list[str]) -> None:
    lesson = small.lesson("a/logged", LOGGING, "screenshots: []")
    assert refresh.run([lesson]) == []
    assert camera == []
    lesson = small.lesson("a/logged", LOGGING, "screenshots: [graphs]")
    assert records.stale(lesson) == [
        "figure graphs.png is missing",
        "figure graphs.dark.png is missing",
    ]


def test_refresh_without_a_browser_warns_and_keeps_the_screenshots(
    small: SmallHandbook, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    lesson = small.lesson("a/logged", LOGGING, "screenshots: [scalars]")
    for suffix in screenshots.COLOR_SCHEMES.values():
        replace(lesson.figures / f"scalars{suffix}", taken("once"))

    def none_found() -> str:
        raise browser.NoBrowserError(browser.INSTALL_HINT)

    monkeypatch.setattr(browser, "executable", none_found)
    assert refresh.run([lesson]) == []
    assert f"logged: no new screenshots: {browser.INSTALL_HINT}" in capfd.readouterr().err
    assert (lesson.figures / "scalars.png").read_bytes() == taken("once")
    assert records.stale(lesson) == []

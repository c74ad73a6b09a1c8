"""axe-core finds no fault on the pages in Chinese."""

import axe
import pytest
from playwright.sync_api import Page

examined = pytest.fixture(scope="module")(axe.examined)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    metafunc.parametrize("path", axe.paths(metafunc.config, "zh"))


def test_axe_finds_no_fault(examined: Page, address: str, path: str) -> None:
    axe.visit(examined, f"{address}/{path}")
    assert axe.faults(examined) == []

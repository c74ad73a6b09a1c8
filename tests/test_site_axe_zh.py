"""axe-core finds no fault on any page in Chinese."""

import axe
import pytest
from playwright.sync_api import Page
from site_pages import PATHS

examined = pytest.fixture(scope="module")(axe.examined)


@pytest.mark.parametrize("path", [f"zh/{path}" for path in PATHS])
def test_axe_finds_no_fault(examined: Page, address: str, path: str) -> None:
    axe.visit(examined, f"{address}/{path}")
    assert axe.faults(examined) == []

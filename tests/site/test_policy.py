"""Every page has a Content-Security-Policy and works under it."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from handbook.site.policy import protected

LESSON = "tensors/gradient-tape/"
POLICY = re.compile(
    r'<head>\s*<meta charset="utf-8">'
    r'<meta http-equiv="Content-Security-Policy" content="(?P<policy>[^"]*)">'
)


def refusals(page: Page) -> list[str]:
    """Collect the errors that the browser reports from now on."""
    messages: list[str] = []
    page.on(
        "console",
        lambda message: messages.append(message.text) if message.type == "error" else None,
    )
    page.on("pageerror", lambda error: messages.append(str(error)))
    return messages


def test_every_page_begins_with_a_strict_policy(site_folder: Path) -> None:
    for file in site_folder.rglob("*.html"):
        text = file.read_text(encoding="utf-8")
        match = POLICY.search(text)
        assert match, file
        rules = dict(rule.split(" ", 1) for rule in match["policy"].split("; "))
        assert rules.pop("default-src") == "'none'", file
        assert "unsafe" not in match["policy"], file
        for name, sources in rules.items():
            own = r"'self'|'none'|'sha256-[\w+/=]{44}'" + ("|data:" if name == "img-src" else "")
            assert all(re.fullmatch(own, source) for source in sources.split()), (file, name)
        assert protected(text) == text, f"{file} was changed after its policy was made"
        assert not re.search(r"<[^>]* (style|on\w+)=", text), file


def test_page_works_under_its_policy(page: Page, address: str) -> None:
    messages = refusals(page)
    page.goto(f"{address}/zh/{LESSON}", wait_until="networkidle")
    page.locator("button.md-code__button").first.click()
    page.wait_for_function("navigator.clipboard.readText().then(text => text.includes('tf.'))")
    page.locator("[data-md-component=palette] label:visible").click()
    page.locator("input.md-search__input").click()
    page.keyboard.type("jacobian")
    page.locator(".md-search-result__item").first.wait_for()
    page.keyboard.press("Escape")
    page.locator(".md-select button").hover()
    page.locator(".md-select__link[hreflang=en]").click()
    expect(page).to_have_url(re.compile("/en/"))
    assert messages == []


FOREIGN = "https://tracker.example/"
INTRUDERS = {  # a tag, its property and value, and the directive that blocks it
    "script": ("text", "window.stolen = 1", "script-src"),
    "style": ("textContent", "body { color: red }", "style-src"),
    "img": ("src", FOREIGN, "img-src"),
    "iframe": ("src", FOREIGN, "frame-src"),
}


@pytest.mark.parametrize("tag", INTRUDERS)
def test_policy_refuses_foreign_content(page: Page, address: str, tag: str) -> None:
    name, value, rule = INTRUDERS[tag]
    requests: list[str] = []
    page.on("requestfinished", lambda request: requests.append(request.url))
    page.goto(f"{address}/en/{LESSON}", wait_until="networkidle")
    refused = page.evaluate(
        """([tag, name, value]) => new Promise(done => {
          addEventListener("securitypolicyviolation", event => done(event.effectiveDirective));
          setTimeout(() => done("nothing was refused"), 5000);
          document.body.append(Object.assign(document.createElement(tag), { [name]: value }));
        })""",
        [tag, name, value],
    )
    assert refused.startswith(rule)
    assert page.evaluate("window.stolen") is None
    assert FOREIGN not in requests

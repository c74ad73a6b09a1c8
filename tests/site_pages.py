"""Every page of the site, for the tests that visit them all, and where their checkers are."""

from handbook.lessons import LANGUAGES, ROOT, all_lessons

CHECKERS = ROOT / "tests/node/node_modules"  # `make test` installs them
_written = [p.relative_to(ROOT / "docs/en") for p in (ROOT / "docs/en").rglob("*.md")]
_addresses = {p.with_suffix("").as_posix() for p in _written} | {x.address for x in all_lessons()}
PATHS = ["" if a == "index" else f"{a}/" for a in sorted(_addresses)]
PAGES = [f"{language}/{path}" for language in LANGUAGES for path in PATHS]
EVERY = ["?choose", *(f"{language}/404.html" for language in LANGUAGES), *PAGES]

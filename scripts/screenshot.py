"""Photograph a page of site/ in a real browser, as a reader sees it."""

import argparse
import sys

from handbook.browser import NoBrowserError, browser, served
from handbook.lessons import ROOT


def main() -> int:
    """Read the command line and take the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("page", help="such as en/tensors/gradient-tape/")
    parser.add_argument("picture", help="the PNG file to write")
    parser.add_argument("--dark", action="store_true", help="with the dark colours")
    parser.add_argument("--phone", action="store_true", help="390 pixels wide")
    parser.add_argument("--full", action="store_true", help="the whole page, not one screen")
    args = parser.parse_args()
    try:
        take(args)
    except NoBrowserError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def take(args: argparse.Namespace) -> None:
    """Open the page and write the picture."""
    with served(ROOT / "site") as address, browser() as chromium:
        page = chromium.new_page(
            viewport={"width": 390 if args.phone else 1280, "height": 844},
            color_scheme="dark" if args.dark else "light",
        )
        page.goto(f"{address}/{args.page}", wait_until="networkidle")
        page.evaluate("document.querySelectorAll('img').forEach(img => (img.loading = 'eager'))")
        page.wait_for_load_state("networkidle")
        page.screenshot(path=args.picture, full_page=args.full)


if __name__ == "__main__":
    sys.exit(main())

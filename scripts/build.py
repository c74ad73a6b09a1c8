"""Build the site of both languages into site/ and say where to look."""

import sys

from handbook import site


def main() -> int:
    """Build; on a warning or an error name it and keep the old site."""
    try:
        site.build()
    except site.SiteError as error:
        print(error, file=sys.stderr)
        return 1
    print("site/ is ready. Look at it: make serve, then http://127.0.0.1:8000/")
    return 0


if __name__ == "__main__":
    sys.exit(main())

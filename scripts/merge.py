"""Move the parts of a refresh into this checkout; nothing if one does not fit."""

import argparse
import sys
from pathlib import Path

from handbook import parts
from handbook.lessons import ROOT


def main() -> int:
    """Read every part, merge, and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="+", metavar="PART", help="such as build/parts/1-of-2.zip")
    names = parser.parse_args().parts
    try:
        found = [parts.Part.unpacked(Path(name).read_bytes(), name) for name in names]
        changed = parts.merge(ROOT, found)
    except (parts.PartError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    failures = [failure for part in found for failure in part.failures]
    print("\n\n".join(failures), file=sys.stderr)
    print(f"{len(changed)} lessons changed" + f"; {len(failures)} failures" * bool(failures))
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main())

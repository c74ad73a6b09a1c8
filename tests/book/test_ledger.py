"""The ledger of lessons that do not follow the second edition yet only shrinks."""

import itertools
import subprocess

import pytest
import yaml

from handbook.check import ledger
from handbook.lesson.lessons import ROOT, Lesson, all_lessons

PATH = "docs/ledger.yml"
LISTED = [(rule, address) for rule, listed in ledger.exempt().items() for address in listed]


def git(*command: str) -> str:
    done = subprocess.run(["git", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout


def test_ledger_lists_lessons_by_rule_in_order() -> None:
    listed = yaml.safe_load((ROOT / PATH).read_text(encoding="utf-8"))
    addresses = [lesson.address for lesson in all_lessons()]
    assert list(listed) == list(ledger.RULES)
    for entries in listed.values():
        assert entries == [address for address in addresses if address in entries]


@pytest.mark.parametrize(("rule", "address"), LISTED)
def test_lesson_on_the_ledger_breaks_its_rule(rule: str, address: str) -> None:
    """A lesson that follows a rule leaves the ledger, and cannot come back."""
    assert list(ledger.RULES[rule](Lesson(ROOT, address))), f"remove {address} from {rule}"


def test_no_lesson_entered_the_ledger() -> None:
    """Each committed version lists at most what the one before it lists."""
    versions = [
        yaml.safe_load(git("show", f"{commit}:{PATH}"))
        for commit in git("log", "--format=%h", "--", PATH).split()
    ]
    versions.insert(0, ledger.exempt())
    for newer, older in itertools.pairwise(versions):
        for rule in older:
            assert set(newer[rule]) <= set(older[rule])

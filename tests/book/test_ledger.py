"""The ledger of lessons that do not follow the second edition yet only shrinks."""

import subprocess
from pathlib import Path

import pytest
import yaml

from handbook.check import ledger
from handbook.files import replace
from handbook.lesson.lessons import ROOT, Lesson, all_lessons

PATH = "docs/ledger.yml"
LISTED = [(rule, address) for rule, listed in ledger.exempt().items() for address in listed]


def git(*command: str, root: Path = ROOT) -> str:
    done = subprocess.run(["git", *command], cwd=root, capture_output=True, text=True, check=False)
    return done.stdout


def listed_at(commit: str, root: Path) -> dict[str, list[str]]:
    return yaml.safe_load(git("show", f"{commit}:{PATH}", root=root)) or {}


def entered(root: Path = ROOT) -> set[tuple[str, str]]:
    """Return what a commit, or the file on disk, lists but the commit before it does not.

    A merge is compared with each of its parents, since branches shrink the ledger side by side.
    """
    pairs = [(ledger.exempt(root), listed_at("HEAD", root))]
    for line in git("log", "--format=%H %P", "--", PATH, root=root).splitlines():
        commit, *parents = line.split()
        pairs += [(listed_at(commit, root), listed_at(parent, root)) for parent in parents]
    return {
        (rule, address)
        for newer, older in pairs
        for rule in older
        for address in set(newer[rule]) - set(older[rule])
    }


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
    assert entered() == set()


def test_branches_shrink_the_ledger_side_by_side(tmp_path: Path) -> None:
    name = ["-c", "user.name=a", "-c", "user.email=a@b"]

    def commit(*addresses: str) -> None:
        replace(tmp_path / PATH, yaml.safe_dump({rule: [*addresses] for rule in ledger.RULES}))
        git("add", PATH, root=tmp_path)
        git(*name, "commit", "-qm", "c", root=tmp_path)

    git("init", "-q", "-b", "main", root=tmp_path)
    commit("a/one", "a/two", "a/three")
    git("checkout", "-qb", "other", root=tmp_path)
    commit("a/one", "a/three")
    git("checkout", "-q", "main", root=tmp_path)
    commit("a/two", "a/three")
    git(*name, "merge", "-q", "-s", "ours", "--no-commit", "other", root=tmp_path)
    commit("a/three")
    assert git("log", "-1", "--format=%P", root=tmp_path).count(" ") == 1
    assert entered(tmp_path) == set()
    commit("a/three", "a/four")
    commit("a/three")
    assert {address for _, address in entered(tmp_path)} == {"a/four"}

"""Sections of lessons, cells of labs."""

from pathlib import Path

import pytest

from handbook.lesson import sections

LESSON = """\
# --8<-- [start:one]
a = 1

b = 2
# --8<-- [end:one]

# --8<-- [start:two]
c = 3
# --8<-- [end:two]
"""
LAB = """\
# ---
# minutes: 5
# ---

# %% [markdown] lang="en"
# # Title {#title}
#
#   * indented

# %% load
x = 1

# %% next
y = 2
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "file.py"


def test_sections_have_name_line_and_text(file: Path) -> None:
    file.write_text(LESSON)
    one, two = sections.marked_sections(file)
    assert one == sections.Section("one", 2, "a = 1\n\nb = 2")
    assert two == sections.Section("two", 8, "c = 3")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("# --8<-- [end:one]\n", "", "file.py:6: [start:two] does not fit here"),
        ("start:two", "start:one", "[start:one] does not fit here"),
        ("# --8<-- [end:two]\n", "", "section 'two' has no end; add [end:two]"),
        ("end:two", "end:three", "[end:three] does not fit here"),
    ],
)
def test_mismatched_section_marks_are_reported(
    file: Path, old: str, new: str, message: str
) -> None:
    file.write_text(LESSON.replace(old, new))
    with pytest.raises(sections.SectionError) as caught:
        sections.marked_sections(file)
    assert message in str(caught.value)


def test_lab_is_split_into_cells(file: Path) -> None:
    file.write_text(LAB)
    prose, load, after = sections.cells(file)
    assert prose.language == "en"
    assert prose.text == "# Title {#title}\n\n  * indented"
    assert (load.name, load.first_line, load.text) == ("load", 11, "x = 1")
    assert after.text == "y = 2"


def test_cell_without_a_name_is_rejected(file: Path) -> None:
    file.write_text(LAB.replace("# %% load", "# %%"))
    with pytest.raises(sections.SectionError, match="expected `# %% name`"):
        sections.cells(file)

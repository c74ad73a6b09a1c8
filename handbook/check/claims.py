"""Rules of code: tolerances belong to statements, comparisons print verdicts, drawing is apart."""

import ast
from collections.abc import Iterator

from handbook.lesson import results, values
from handbook.lesson.lessons import Lesson
from handbook.lesson.sections import sections
from handbook.run import drawings
from handbook.trials.budgets import BUDGET, SEED, SEEDERS

TRAINERS = ("fit", "train", "apply_gradients", "apply", "assign_sub")


def tolerance_problems(lesson: Lesson) -> Iterator[str]:
    """Yield a message if a tolerance covers a whole page."""
    if lesson.settings.tolerance:
        page = lesson.code if lesson.is_lab else lesson.page("en")
        yield (
            f"{lesson.relative(page)}: `tolerance` covers every number of the page; state it "
            "between a statement and its results, `# ± 5 %: reason`"
        )


def stated_tolerances(lesson: Lesson) -> Iterator[str]:
    """Yield a message for each stated tolerance that is misspelled, or has nothing to hold for."""
    for section in sections(lesson):
        where = f"{lesson.relative(lesson.code)}:{{}}"
        for line in results.invalid_tolerances(section.text):
            yield (
                f"{where.format(section.first_line + line - 1)}: no tolerance; write it in one "
                f"line, `# ± 5 %: reason`, with less than {results.ALL} %"
            )
        shown, lines = results.shown(section.text), section.text.split("\n")
        for line in results.tolerances(section.text):
            printed = "\n".join(shown.get(line, []))
            if results.SHOW not in lines[line - 1] and not results.movable(printed):
                yield (
                    f"{where.format(section.first_line + line)}: no decimal can move here; remove "
                    "the tolerance"
                )


def verdict_problems(lesson: Lesson) -> Iterator[str]:
    """Yield a message for several seeds without a verdict, and a verdict without a budget."""
    nodes = [node for s in sections(lesson) for node in ast.walk(ast.parse(s.text))]
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    code, found = lesson.relative(lesson.code), any(verdicts(lesson))
    if any(_repeats(call) for call in calls) and not found:
        yield (
            f"{code}: trains with several seeds, but prints no line that begins with "
            f"{results.VERDICT!r}; print what the seeds show"
        )
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    trains = any(_name(call) in TRAINERS for call in calls)
    if found and trains and not any(BUDGET.fullmatch(name) for name in names):
        yield (
            f"{code}: prints a verdict on trained networks, but no constant EPOCHS or STEPS holds "
            "their budget; name it, so that `python -m handbook verdicts` can multiply it"
        )
    for keyword in (keyword for call in calls for keyword in call.keywords if found):
        if keyword.arg == "epochs" and isinstance(keyword.value, ast.Constant):
            yield (
                f"{code}: prints a verdict, but trains with epochs={keyword.value.value!r}; name "
                "the budget, as in EPOCHS = 6, so that it can be multiplied"
            )
    seeded = any(_name(call) in SEEDERS and call.args for call in calls)
    if found and seeded and not any(SEED.fullmatch(name) for name in names):
        yield (
            f"{code}: prints a verdict, but its seeds have no name; set SEED = 0 or "
            "SEEDS = (0, 1, 2), so that `python -m handbook verdicts` can change them"
        )


def verdicts(lesson: Lesson) -> Iterator[str]:
    """Yield the verdicts that a lesson prints."""
    for section in sections(lesson):
        yield from results.verdicts("\n".join(values.printed(section)))


def drawing_problems(lesson: Lesson) -> Iterator[str]:
    """Yield a message for each section that draws and prints, so that it cannot be folded."""
    for name in drawings.mixed(lesson):
        yield (
            f"{lesson.relative(lesson.code)}: section {name!r} draws a figure and prints results; "
            "print in a section before it"
        )


def _repeats(call: ast.Call) -> bool:
    """Return whether a call sets a seed that is not always the same."""
    return _name(call) in SEEDERS and bool(call.args) and not isinstance(call.args[0], ast.Constant)


def _name(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")

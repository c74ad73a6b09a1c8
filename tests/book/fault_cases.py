"""Faults of lessons: in what they do, in their files, in their records."""

from collections.abc import Callable

from handbook.lesson.lessons import Lesson

Damage = Callable[[Lesson], object]


def section(body: str, name: str = "one") -> str:
    return f"# --8<-- [start:{name}]\n{body}\n# --8<-- [end:{name}]\n"


GREEN = section("print(1)")
QUIET = """\
import os, time, warnings
warnings.simplefilter("ignore", DeprecationWarning)  # from 3.12: a fork with TensorFlow's threads
"""
FORK = (
    QUIET
    + """\
if os.fork() == 0:
    open('PIDS', 'a').write(f'{os.getpid()}\\n')
    time.sleep(1000)
"""
)
START = """\
import subprocess
p = subprocess.Popen(COMMAND)
open('PIDS', 'a').write(f'{p.pid}\\n')
"""
NO_ROOM = "raise OSError(28, 'No space left on device', 'model.keras')"
MUST_RETURN = "a lesson must return from every section"
FAULTS = {  # misbehavior of a lesson: its code, its front matter, the message
    "sleeps": (
        "import time\ntime.sleep(1000)",
        "time_limit: 2",
        "exceeded the lesson's time limit of 2 s; make it faster or set time_limit in its",
    ),
    "leaves-a-fork-and-ends": (FORK + "os._exit(3)", "", f"(exit code 3); {MUST_RETURN}"),
    "closes-stdout": ("import sys\nsys.stdout.close()", "", "must leave sys.stdout open"),
    "closes-all-files": ("import os\nos.closerange(3, 200)", "", MUST_RETURN),
    "leaves": ("import os\nos._exit(3)", "", f"(exit code 3); {MUST_RETURN}"),
    "exits": ("raise SystemExit(2)", "", "SystemExit: 2"),
    "interrupts": ("raise KeyboardInterrupt", "", "KeyboardInterrupt"),
    "crashes": ("import ctypes\nctypes.string_at(0)", "", f"(exit code -11); {MUST_RETURN}"),
    "finds-no-room": (NO_ROOM, "", "OSError: [Errno 28] No space left on device: 'model.keras'"),
}
TRACED = {"exits", "interrupts", "finds-no-room"}  # to a line of the lesson
UNUSUAL = {  # unusual, but no fault
    "forks": section(f"{QUIET}print(os.fork() >= 0)") + section("print(2)", "two"),
    "leaves-a-fork": section(FORK + "print(1)"),
    "leaves-a-process": section(START.replace("COMMAND", "['sleep', '1000']")),
    "leaves-a-session": section(START.replace("COMMAND", "['setsid', 'sleep', '1000']")),
    "leaves-a-thread": section(
        "import threading, time\nthreading.Thread(target=time.sleep, args=[1000]).start()"
    ),
    "5MB-line": section(f"x = '{'y' * 5_000_000}'\nprint(len(x))"),
}
N_LEFTOVER = 4  # processes that the lessons leave running


def in_page(old: bytes, new: bytes) -> Damage:
    def damage(lesson: Lesson) -> None:
        page = lesson.page("en")
        assert old in page.read_bytes()
        page.write_bytes(page.read_bytes().replace(old, new))

    return damage


def in_code(code: bytes) -> Damage:
    return lambda lesson: lesson.code.write_bytes(code)


def front_matter(line: str) -> Damage:
    return in_page(b"---\n\n---", f"---\n{line}\n---".encode())


MARK = b"\xef\xbb\xbf"
ENCODED = "expected UTF-8 with \\n line ends, found"
DAMAGES = {  # damaged files of a lesson: how they are damaged, the message
    "section-missing": (in_page(b":one", b":two"), "expected a section 'two' in "),
    "page-missing": (
        lambda lesson: lesson.page("en").unlink(),
        "expected its page docs/en/is/page-missing.md, found none; write it",
    ),
    "page-empty": (lambda lesson: lesson.page("en").write_text(""), "expected 1 fences"),
    "page-in-latin-1": (
        in_page(b"Title", b"\xe9"),
        f".md:5: {ENCODED} the byte 0xe9; save it that way",
    ),
    "page-of-windows": (in_page(b"\n", b"\r\n"), f".md:1: {ENCODED} a carriage return"),
    "page-with-a-mark": (in_page(b"---\n\n", MARK + b"---\n\n"), f"{ENCODED} a byte order mark"),
    "page-of-5MB": (in_page(b"# Title", b"words and *stars*\n\n" * 280_000 + b"# Title"), ""),
    "front-matter-open": (front_matter("title: ["), "front matter: expected lines `name: value`"),
    "front-matter-a-list": (front_matter("- a"), "expected lines `name: value`, found ['a']"),
    "limit-a-word": (front_matter("time_limit: much"), "a number as time_limit, found 'much'"),
    "code-empty": (in_code(b""), "expected a section in "),
    "code-in-latin-1": (in_code(GREEN.encode() + b"# \xe9"), f".py:4: {ENCODED} the byte 0xe9"),
    "code-of-windows": (in_code(GREEN.replace("\n", "\r\n").encode()), f"{ENCODED} a carriage"),
    "code-with-a-mark": (in_code(MARK + GREEN.encode()), f".py:1: {ENCODED} a byte order mark"),
    "code-unfinished": (in_code(b"# --8<-- [start:one]\n1\n"), "has no end; add [end:one]"),
    "code-no-python": (in_code(section("print(").encode()), "SyntaxError"),
}
RECORDS = {"cut": b'{"files": {', "a-list": b"[1]", "others": b'{"x": 1}', "bytes": b"\xff\0"}

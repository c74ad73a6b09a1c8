"""Runs the lines of ``old_notes.py`` one by one: what each of them says today, as JSON."""

import ast
import contextlib
import io
import json
import os
import sys
from pathlib import Path

from tfnotes.errors import printed_errors

program = Path(sys.argv[1]).resolve()
os.chdir(sys.argv[2])  # what it saves goes there
answers: dict[int, str] = {}
names = {"__name__": "old"}
for statement in ast.parse(program.read_text(encoding="utf-8")).body:
    code = compile(ast.Module([statement], []), str(program), "exec")
    said = io.StringIO()
    with contextlib.redirect_stdout(said), printed_errors():
        exec(code, names)
    answers[statement.lineno] = said.getvalue()
print("\n" + json.dumps(answers))

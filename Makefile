# `make site` builds the site, `make test` runs every test; both install what they need.

# The first Python that the lock supports; if there is none, scripts/install.py reports it.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	2>/dev/null && echo $$p && exit; done; echo python3)
BIN := .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
INSTALLED := .venv/installed
CHECKERS := tests/node/node_modules/installed
unexport PYTHONDONTWRITEBYTECODE # compile each package once, on its first import

.PHONY: site offline pdf epub serve new test fast lint refresh check matrix lock bench install clean help

site: $(INSTALLED)  ## refresh stale lessons, build both languages into site/
	$(BIN)/python -m handbook site

offline pdf epub: site  ## write build/tfnotes-handbook-*: a zip file to open from a disk, a book per language
	$(BIN)/python -m handbook export $@

serve: $(INSTALLED)  ## serve the site locally; run and rebuild what changes, reload the page
	$(BIN)/python -m handbook serve

new: $(INSTALLED)  ## LESSON=chapter/lesson: create a lesson that passes every check, and run it
	$(BIN)/python -m handbook new $(LESSON)

test: $(INSTALLED) $(CHECKERS) lint  ## run every test
	$(BIN)/python -m pytest -n auto --dist loadscope --cov --cov-report=term

fast: $(INSTALLED) $(CHECKERS)  ## run the tests of the package and of the rules, no browser and no lesson
	$(BIN)/python -m pytest -n auto --dist loadscope -m "not slow" \
		tests/package tests/book tests/repository

lint: $(INSTALLED)  ## check style and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/mypy --platform win32 --cache-dir .mypy_cache/win32 tfnotes handbook scripts
	$(BIN)/mypy --platform darwin --cache-dir .mypy_cache/darwin tfnotes handbook scripts

refresh: $(INSTALLED)  ## run the lessons whose results are stale
	$(BIN)/python -m handbook refresh

check: $(INSTALLED)  ## list the lessons whose results are stale
	$(BIN)/python -m handbook refresh --check

matrix: $(INSTALLED)  ## run the lessons with the lowest, locked, newest and nightly versions
	$(BIN)/python -m handbook matrix $(ROWS)

bench: $(INSTALLED) $(CHECKERS)  ## measure build, training and pages; write benchmarks/*.md
	$(BIN)/python benchmarks/measure.py
	$(BIN)/python benchmarks/builders.py
	$(BIN)/python benchmarks/training.py
	$(BIN)/python benchmarks/site.py

lock: $(INSTALLED)  ## resolve requirements.lock again, for every platform
	$(BIN)/uv pip compile pyproject.toml --extra=docs --extra=test --extra=ray --extra=jax --universal \
		--fork-strategy=fewest --python-version=3.11 --generate-hashes --upgrade \
		--quiet --output-file=requirements.lock  # Renovate parses this command; it needs the equal signs

clean:  ## remove build outputs, keep .venv
	rm -rf site build .pytest_cache .mypy_cache .ruff_cache

install: $(INSTALLED) $(CHECKERS)  ## install everything; after that no command needs a network

$(INSTALLED): requirements.lock pyproject.toml
	@command -v "$(PYTHON)" >/dev/null || { echo "expected Python 3.11 to 3.13, found none; install one, or run make PYTHON=/path/to/python"; exit 1; }
	@"$(PYTHON)" scripts/install.py

$(CHECKERS): tests/node/package-lock.json | $(INSTALLED)
	@$(BIN)/python scripts/install.py --node

help:  ## list these commands
	@awk -F ':.*## ' '/^[a-z ]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' Makefile

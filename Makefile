# Everything is set up by itself: a virtual environment, locked dependencies, the job.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
RUN_READY := .venv/.ready-$(shell cksum < requirements.txt | cut -d' ' -f1)
DEV_READY := .venv/.ready-dev-$(shell cksum < requirements-dev.txt | cut -d' ' -f1)

# Three at once keep two processors busy while some tests wait.
PYTEST := $(BIN)/python -m pytest -n 3 --dist worksteal

.PHONY: demo run shell test sentences cover lint format bench images lock clean

demo: $(RUN_READY)  ## Sandbox, workspace page and the real bot; prints the address
	@$(BIN)/python bot.py demo

run: $(RUN_READY)  ## The bot, with the settings of the environment
	@$(BIN)/python bot.py

shell: $(RUN_READY)  ## The same words on the terminal, against the sandbox
	@$(BIN)/python bot.py shell

# The tests start many bots, none of which should be compiled anew.
test cover: export PYTHONDONTWRITEBYTECODE :=

test: $(DEV_READY)  ## Every test; those that need Chromium say so when they skip
	$(PYTEST)

sentences: $(DEV_READY)  ## How well questions in one's own words are understood
	@PYTHONPATH=.:tests/support $(BIN)/python -m sentences

cover: $(DEV_READY)  ## What does no I/O: the branches that its own tests take
	$(PYTEST) tests/core tests/commands tests/sentences tests/render --cov

lint: $(DEV_READY)  ## Style, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(DEV_READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(DEV_READY)  ## The benchmarks, figures on standard output
	$(BIN)/python -m bench

images: $(DEV_READY)  ## The pictures of the README, taken from the demo
	PYTHONPATH=. $(BIN)/python docs/images/take.py

lock:  ## New lock files from pyproject.toml; needs uv
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-strip-extras --no-emit-index-url --no-header pyproject.toml -o requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-strip-extras --no-emit-index-url --no-header --extra dev pyproject.toml -o requirements-dev.txt

clean:
	rm -rf .venv

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; say make PYTHON=/path/to/python" >&2; exit 1; }
	$(PYTHON) -m venv .venv

$(RUN_READY): .venv/bin/python requirements.txt
	@test -e $(DEV_READY) \
	  || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(DEV_READY): .venv/bin/python requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

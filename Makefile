# Thin: each recipe is a command that one could type. The environment is .venv, made from the hashed lock files.
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000
DATA ?= data/demo
PYTEST_ARGS ?=

.PHONY: demo test check bench soak messages lock clean

demo: .venv/base
	$(BIN)/accelerator demo --port $(PORT) --data $(DATA)

test: .venv/dev
	$(BIN)/pytest -n 2 --dist loadgroup $(PYTEST_ARGS)

check: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --quiet --lint bridge
	$(BIN)/djlint --quiet --check bridge
	@if command -v php >/dev/null; then find bridge/moodle -name '*.php' -print0 2>/dev/null | xargs -0 -r -n 1 php -l >/dev/null; \
	else echo 'php is not installed: the plugin was not checked'; fi

bench: .venv/bench
	$(BIN)/python -m benchmarks

soak: .venv/dev
	$(BIN)/python -m benchmarks.soak

messages: .venv/dev
	$(BIN)/python -m bridge.translations update

# After a change of the dependencies in pyproject.toml.
COMPILE := $(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11
DEV := --extra postgres --extra scale --extra tests --extra check

lock: .venv/dev
	$(COMPILE) requirements/tools.in -o requirements/tools.txt
	$(COMPILE) pyproject.toml -o requirements/base.txt
	$(COMPILE) --extra postgres --extra scale pyproject.toml -o requirements/server.txt
	$(COMPILE) $(DEV) pyproject.toml -o requirements/dev.txt
	$(COMPILE) --all-extras pyproject.toml -o requirements/bench.txt

.venv/base: requirements/base.txt pyproject.toml
	sh requirements/install.sh $(PYTHON) base
.venv/dev: requirements/dev.txt pyproject.toml
	sh requirements/install.sh $(PYTHON) dev
	@touch .venv/base
.venv/bench: requirements/bench.txt pyproject.toml
	sh requirements/install.sh $(PYTHON) bench
	@touch .venv/base .venv/dev

clean:
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis

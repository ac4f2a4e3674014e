# Two commands do all: `make demo` and `make test`. Needs Python 3.11 or newer with venv, and nothing else.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test test-slow lint clean

demo: .venv/installed
	$(BIN)/tasador demo

test: .venv/installed-dev lint
	$(BIN)/pytest -n auto --dist loadfile -m "not slow"

test-slow: .venv/installed-dev .venv-mlflow/installed
	$(BIN)/pytest -n auto --dist loadfile -m slow

lint: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.venv/bin/pip:
	$(PYTHON) -m venv .venv

.venv/installed: .venv/bin/pip pyproject.toml constraints.txt
	$(BIN)/pip install -c constraints.txt -e ".[all]"
	touch $@

.venv/installed-dev: .venv/installed
	$(BIN)/pip install -c constraints.txt -e ".[all,dev]"
	touch $@

# A server to test docs/tracking.md with, apart: it wants older packages than we do.
.venv-mlflow/installed: constraints.txt
	$(PYTHON) -m venv .venv-mlflow
	.venv-mlflow/bin/pip install "mlflow==$$(sed -n 's/^mlflow-skinny==//p' constraints.txt)"
	touch $@

# Not data/ itself: it holds what was crawled, which nothing brings back.
clean:
	rm -rf .venv .venv-mlflow data/demo

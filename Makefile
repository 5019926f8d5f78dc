# Each target sets up all that it needs. PYTHON chooses the interpreter of the environment (3.11 or newer).
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test lint format bench clean

# Make a picture of what the example's prompt says.
run: .venv/run
	$(BIN)/loom run workflows/text_to_image.json

# Install for development and pass all tests.
test: .venv/dev
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

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

.venv/dev: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q -c constraints.txt -e '.[dev]'
	touch $@ .venv/run

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis dist

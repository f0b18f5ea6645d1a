# Thin calls; each sets up .venv by itself. `make help` lists them.
CORES ?= all
LENGTH ?= 1
RUN = PATH="$$(pwd -P)/.venv/bin:$$PATH"
JUDGED = thermodynamics training finetuning dead_neurons metrics reconstruction_error evaluation

# Nothing of the user's surroundings changes what is imported, locked or tested,
# or which repository git sees.
KEPT = PYTHON PYTHONDONTWRITEBYTECODE PYTHONUNBUFFERED PYTHONUTF8 PYTHONIOENCODING
KEPT += UV_INDEX% UV_DEFAULT_INDEX UV_EXTRA_INDEX_URL UV_FIND_LINKS
KEPT += UV_CACHE_DIR UV_NO_CACHE UV_OFFLINE
KEPT += UV_HTTP% UV_NATIVE_TLS UV_SYSTEM_CERTS UV_INSECURE_HOST UV_KEYRING_PROVIDER
unexport $(filter-out $(KEPT), $(filter PYTHON% UV_%, $(.VARIABLES)))
unexport CDPATH PYTEST_PLUGINS
unexport GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_COMMON_DIR GIT_OBJECT_DIRECTORY GIT_PREFIX
export PYTHONNOUSERSITE = 1

.PHONY: help docs figures report test test-faults test-slurm lint bench validate
.PHONY: setup lock audit schema gallery reproduce study findings learning twins renormalization

help:
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

figures: setup  ## compute the experiment of config.yaml and draw every figure (CORES=all)
	$(RUN) isingdbn warm snakemake --cores $(CORES)

report: figures  ## the figures with their captions and provenance in one report.html
	$(RUN) snakemake --cores $(CORES) --report report.html -- shown

test: lint  ## all tests, linters and types first; those of the workflow, half of the time, beside the others
	@said=$$(mktemp); status=0; \
	$(RUN) pytest tests/workflow >$$said 2>&1 & \
	$(RUN) pytest --ignore tests/workflow || status=$$?; \
	wait $$! || status=$$?; cat $$said; rm $$said; exit $$status

test-faults: setup  ## faults of one machine at length: 50 kills, thousands of configurations, 10⁸ updates; about half an hour
	$(RUN) ISINGDBN_AT_LENGTH=1 pytest -s tests/workflow/test_faults.py \
		tests/workflow/test_end_to_end.py tests/workflow/test_unusual.py tests/test_config_fuzz.py \
		tests/ising/test_chains.py tests/ising/test_mutations.py

test-slurm: export PATH := $(PATH):/usr/sbin:/sbin
test-slurm:  ## the tiny experiment, and faults, on a Slurm that is set up for it and taken down (LENGTH=0: one net of it)
	@for program in munged slurmctld slurmd sbatch setpriv; do \
		if ! command -v $$program >/dev/null || [ "$$(id -u)" != 0 ]; then \
			echo "test-slurm: needs root and the packages slurm-wlm and munge:" \
				"apt-get install slurm-wlm munge" >&2; exit 2; \
		fi; \
	done
	@$(MAKE) --no-print-directory setup
	$(RUN) ISINGDBN_AT_LENGTH=$(LENGTH) pytest -m slurm tests/slurm

lint: setup  ## the linters and the type checker alone
	$(RUN) ruff check src tests envs benchmarks docs
	$(RUN) ruff format --check src tests envs benchmarks docs
	$(RUN) snakefmt --check Snakefile workflow
	$(RUN) lint-imports --no-logo
	$(RUN) mypy

docs: setup  ## the documentation as a site, in site/; a dead link or a missing image is an error
	$(RUN) NO_MKDOCS_2_WARNING=1 python -m mkdocs build --strict

bench: setup  ## speed and memory beside other implementations, in one run
	sh envs/setup_benchmark.sh
	$(RUN) python benchmarks/processor.py
	$(RUN) python benchmarks/peers/run.py
	$(RUN) python benchmarks/sampling.py
	$(RUN) python benchmarks/peers/run_training.py
	$(RUN) python benchmarks/scale.py
	$(RUN) python benchmarks/metrics.py
	$(RUN) python benchmarks/startup.py
	$(RUN) python benchmarks/workflow.py

validate: setup  ## the sampler against exact values, ten minutes; writes docs/validation.md
	$(RUN) python -m docs.make_validation

setup:  ## .venv from the hash-pinned lock; at once if it is there already
	@sh envs/setup.sh

lock: setup  ## the lock and its conda twin anew, from pyproject.toml
	$(RUN) uv pip compile --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --extra dev --extra docs pyproject.toml \
		--output-file envs/requirements.lock --quiet --upgrade
	$(RUN) python envs/conda_twin.py > envs/environment.yaml
	echo torch | $(RUN) uv pip compile --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --excludes - envs/benchmark.in \
		--output-file envs/benchmark.lock --quiet --upgrade

audit: setup  ## the pins of the lock against published advisories; needs the network
	$(RUN) uv tool run pip-audit --require-hashes --disable-pip --requirement envs/requirements.lock

schema: setup  ## the editor's schema of config.yaml, from the model
	$(RUN) python -c 'import json; from isingdbn import config; print(json.dumps( \
		config.schema(), indent=2, ensure_ascii=False))' > workflow/schemas/config.schema.json

reproduce: setup  ## a small run of three seeds, judged by sixteen published ones
	mkdir -p reproduction
	$(RUN) isingdbn warm snakemake --cores $(CORES) --directory reproduction \
		--configfile config.yaml config/reproduction.yaml -- $(JUDGED:%=results/tables/%.csv)
	$(RUN) python -m docs.reproduce

gallery: figures  ## copy the README's figures and tables to docs/gallery
	$(RUN) python -m docs.make_gallery

study: setup  ## the evidence over five seeds: every claim judged, Figures 6 to 16, 20 and 21 (hours)
	$(RUN) isingdbn warm snakemake --cores $(CORES) --configfile config/study.yaml -- study

renormalization: setup  ## docs/renormalization.md: the theory checked exactly, and known block-spin maps
	$(RUN) python -m docs.make_renormalization

findings: study  ## docs/findings.md and docs/evidence.md from the study's tables
	$(RUN) python -m docs.make_findings

learning: setup  ## the second study, of training itself, over five seeds (hours), and docs/learning.md from it
	$(RUN) isingdbn warm snakemake --cores $(CORES) --configfile config/study_learning.yaml -- study
	$(RUN) python -m docs.make_learning

twins: setup  ## the third study, of more twins and of trained controls, over five seeds (hours), and docs/twins.md
	$(RUN) isingdbn warm snakemake --cores $(CORES) --configfile config/study_twins.yaml -- study
	$(RUN) python -m docs.make_twins

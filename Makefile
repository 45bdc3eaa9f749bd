# Two commands matter: `make demo` and `make test`. Everything they fetch stays in this folder,
# except the Debian packages of `make test`.
.DEFAULT_GOAL := help
.PHONY: help demo test check chaos storm matrix seasons bench docs lock clean broker python-demo python-test lint types imports fast

PYTHON ?= python3
export PYTHON
# Hundreds of processes start here; none should compile all that it imports anew.
unexport PYTHONDONTWRITEBYTECODE
SEED := $(or $(SEED),$(shell date +%s))
py := .venv/bin/python
rooms := device depot kiosk
network_parts := dnsmasq-base nftables conntrack iproute2
# Half of what the tests do is to wait for real parts.
WORKERS ?= $(shell expr 2 \* $$(nproc))
uv_lock := UV_PYTHON_DOWNLOADS=never .uv/bin/uv pip compile pyproject.toml --quiet --universal \
	--python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command 'make lock' \
	--all-extras --group build

help: ## print this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

demo: broker python-demo ## show a unit, its kiosk and the depot on this machine, without root
	@$(py) -m demo

test: python-test ## run every test (installs mosquitto and Chromium with apt, needs root or sudo)
	@tools/debian-packages mosquitto chromium-headless-shell fonts-noto-core libatomic1 fuse3 \
		$(network_parts) hostapd udhcpc isc-dhcp-client ndisc6
	@echo "Seed $(SEED): repeat with make test SEED=$(SEED)"
	@$(py) -m pytest -q -ra -n $(WORKERS) --dist loadfile --no-loadscope-reorder --hypothesis-seed=$(SEED)

check: python-test ## lint, types, import contracts and the fast tests
	@$(MAKE) --no-print-directory -j$(WORKERS) -Otarget types fast lint imports

chaos: python-test ## let every fault loose on the whole road, as root: was a record lost?
	@tools/debian-packages mosquitto fuse3 nftables iproute2
	@$(py) -m tests.chaos --seed $(SEED) $(if $(ONLY),--only "$(ONLY)")

storm: python-test ## let 20, 50 and 150 phones find the portal at once, as root (WRITE=--write keeps it)
	@tools/debian-packages $(network_parts)
	@$(py) -m tests.network.storm $(WRITE)

matrix: python-test ## ask the unit each system's probe on every road, as root, and write it down
	@tools/debian-packages $(network_parts)
	@$(py) -m tests.network.matrix

seasons: python-test ## let units live through seasons of outings: was a PARTEZ ever wrong?
	@$(py) -m tests.seasons $(if $(DRAW),--draw $(DRAW)) $(if $(OUTINGS),--outings $(OUTINGS))

bench: broker python-demo ## measure beside peers, and print the figures (WRITE=--write keeps them)
	@tools/debian-packages wrk nginx-light
	@$(py) -m bench $(WRITE)

docs: python-test ## write the documents that are made from the code anew
	@$(py) -m docs.generate

lock: python-demo ## pin the Python packages anew (make lock UPGRADE=--upgrade for newer ones)
	@$(py) -m venv --without-pip .uv
	@$(py) -m pip --python .uv/bin/python --quiet install uv
	@$(uv_lock) $(UPGRADE) --output-file requirements/demo.txt
	@$(uv_lock) --group test --constraint requirements/demo.txt $(UPGRADE) \
		--output-file requirements/test.txt

clean: ## remove everything that was fetched or made
	@rm -rf .venv .uv .parts .demo .hypothesis .*_cache build dist
	@find . -name __pycache__ -prune -exec rm -rf {} +

broker:
	@bin/mosquitto -h >/dev/null 2>&1 || [ $$? -ne 127 ] || tools/unpack-debs .parts/mosquitto mosquitto

python-demo python-test: python-%:
	@tools/venv $*

lint:
	@$(py) -m ruff check --quiet
	@$(py) -m ruff format --quiet --check

types:
	@$(py) -m mypy

imports:
	@.venv/bin/lint-imports

# A process for each room: to hand tests over one by one costs more than most of them take.
fast: $(rooms:%=fast-%) fast-others

fast-%: folders = tests/$*
fast-others: folders = tests $(rooms:%=--ignore=tests/%)
fast-%:
	@$(py) -m pytest -q --hypothesis-profile quick -m "not slow and not browser" $(folders)

# Two commands matter: `make demo` and `make test`. Everything they fetch stays in this folder,
# except the Debian packages of `make test`.
.DEFAULT_GOAL := help
.PHONY: help release demo deb test check chaos soak storm matrix seasons bench docs lock clean broker python-demo python-test lint types imports fast

PYTHON ?= python3
export PYTHON
# Hundreds of processes start here; none should compile all that it imports anew.
unexport PYTHONDONTWRITEBYTECODE
SEED := $(or $(SEED),$(shell date +%s))
py := .venv/bin/python
network_parts := dnsmasq-base nftables conntrack iproute2
# What boots a Debian in a container, and runs the package for another processor.
system_parts := systemd systemd-container mmdebstrap dpkg-dev qemu-user-static
CORES := $(shell nproc)
all_slow := ^(pytestmark = \[?|    )pytest\.mark\.(slow|browser)\b
# Much of what the tests do is to wait for real parts: on two cores six take 9 min, four take 10.
WORKERS ?= $(shell expr 3 \* $(CORES))
uv_lock := UV_PYTHON_DOWNLOADS=never .uv/bin/uv pip compile pyproject.toml --quiet --universal \
	--python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command 'make lock'

help: ## print this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

demo: broker python-demo ## show a unit, its kiosk and the depot on this machine, without root
	@$(py) -m demo

deb: python-demo .uv/bin/uv ## build the packages, for Debian 12 and 13, on two kinds of processor
	@for role in unit depot; do for machine in amd64 arm64; do \
		name=$$(tools/deb/build $$role $$machine) && echo dist/$$name || exit; done; done

# In a fresh clone every worker would compile all tests, and Hypothesis read all of the code in each:
# one process does so meanwhile, and runs one test.
test: python-test .uv/bin/uv ## run every test (installs mosquitto and Chromium with apt, needs root or sudo)
	@test -e .hypothesis || $(py) -m pytest -qq -k test_a_text_comes_back_as_it_was >/dev/null & \
	tools/debian-packages mosquitto chromium-headless-shell fonts-noto-core libatomic1 fuse3 \
		$(network_parts) hostapd udhcpc isc-dhcp-client ndisc6 $(system_parts) && wait
	@echo "Seed $(SEED): repeat with make test SEED=$(SEED)"
	@$(py) -m pytest -q -ra -n $(WORKERS) --dist loadfile --no-loadscope-reorder --hypothesis-seed=$(SEED)

check: python-test ## lint, types, import contracts and the fast tests
	@$(MAKE) --no-print-directory -k -j$(CORES) -Otarget fast types lint imports

chaos: python-test ## let every fault loose on the whole road, as root: was a record lost?
	@tools/debian-packages mosquitto fuse3 nftables iproute2
	@$(py) -m tests.chaos --seed $(SEED) $(if $(ONLY),--only "$(ONLY)")

soak: python-test .uv/bin/uv ## cut a unit's power 50 times, kill 20 updates, as root: is it well, is all delivered?
	@tools/debian-packages $(system_parts) iproute2
	@$(py) -m tests.system --seed $(SEED) $(if $(TIMES),--times $(TIMES)) \
		$(if $(KILLS),--kills $(KILLS)) $(if $(SUITE),--suite $(SUITE))

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

release: python-demo .uv/bin/uv ## make a unit's update in dist, to be signed (ARCH=arm64 or amd64)
	@tools/deb/release-file $(or $(ARCH),arm64)

docs: python-test ## write the documents that are made from the code anew
	@$(py) -m docs.generate

lock: python-demo .uv/bin/uv ## pin the Python packages anew (make lock UPGRADE=--upgrade for newer ones)
	@$(uv_lock) --all-extras --group build $(UPGRADE) --output-file requirements/demo.txt
	@$(uv_lock) --all-extras --group build --group test --constraint requirements/demo.txt \
		$(UPGRADE) --output-file requirements/test.txt
	@$(uv_lock) --extra device --extra kiosk --constraint requirements/demo.txt \
		--output-file requirements/unit.txt
	@$(uv_lock) --extra depot --constraint requirements/demo.txt \
		--output-file requirements/depot.txt

.uv/bin/uv:
	@$(py) -m venv --without-pip .uv
	@$(py) -m pip --python .uv/bin/python --quiet install uv

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

# A part of the files to each core: to hand tests over one by one costs more than most take. Not to
# those that are slow as a whole: to load what they import takes as long as many tests.
fast: $(addprefix fast-,$(shell seq $(CORES)))

fast-%:
	@$(py) -m pytest -q --hypothesis-profile quick -m "not slow and not browser" \
		$$(grep -rLE '$(all_slow)' --include 'test_*.py' tests | sort | awk 'NR % $(CORES) == $* - 1')

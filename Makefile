# `make run` shows a call recorded from end to end; `make test` proves it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
KEYS := $(VENV)/keys
# Other people's programs that check ours, the sound library that `play` needs, and what USB sticks are made of.
PEERS := sox ffmpeg tshark sip-tester libportaudio2 pulseaudio pulseaudio-utils libasound2-plugins \
    umockdev udev fuse3 e2fsprogs qemu-system-x86 cpio zstd kmod mmdebstrap mtools dosfstools exfatprogs fdisk tcpdump \
    chromium fonts-noto-cjk openssl unzip kamailio kamailio-tls-modules baresip-core linphone-cli \
    systemd acl lintian man-db groff mandoc zsh fish gcc python3-dev linux-libc-dev
ALONE := tests/agent tests/bulk/fleet tests/bulk/locust tests/cli tests/desk tests/system

.PHONY: run test lint bench reliability soak deb clean peers

run: $(READY)
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh docs/tour.sh

# Most tests wait more than they work: three files go on at once. Processes in real time, disks and machines go alone.
test: $(READY) peers $(KEYS)
	$(BIN)/python -m pytest -n 3 --dist loadfile $(foreach one,$(ALONE),--ignore $(one))
	$(BIN)/python -m pytest $(ALONE)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(READY) peers
	$(BIN)/python -m tests.bench

reliability: $(READY) peers
	$(BIN)/python -m tests.reliability

# Twenty minutes of a call beside the agent.
soak: $(READY)
	$(BIN)/python -m tests.soak

# For this Debian and machine; `make deb WITHOUT_G722=1`, `make deb FOR_ARCHITECTURE=arm64 FOR_PYTHON=3.13` for others.
deb: $(READY)
	$(BIN)/python packaging/build_deb.py --output dist $(if $(WITHOUT_G722),--without-g722) \
	    $(if $(FOR_ARCHITECTURE),--architecture $(FOR_ARCHITECTURE)) $(if $(FOR_PYTHON),--python $(FOR_PYTHON))

clean:
	rm -rf $(VENV) run build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV) || { echo 'cannot make $(VENV): Python 3.11 or newer is needed, with its venv module (on Debian: apt install python3-venv)'; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

# evdev is built on the machine. Where no compiler is, the tests of record keys skip and say so.
$(KEYS): $(READY) | peers
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[keys]' && touch $@ || echo 'evdev cannot be built here: install gcc and the headers of Python and Linux'

# Only root on a Debian machine can install; elsewhere a test whose peer is missing skips and says so.
peers:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && ! dpkg -s $(PEERS) >/dev/null 2>&1; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(PEERS) >/dev/null; \
	fi

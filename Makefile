# The front door. `make help` lists what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help
JOBS ?= $(shell nproc)
PRESET ?= release
FUZZ_SECONDS ?= 60
SEEDS ?= 2000
SEED_START ?= 1
DEMO_SECONDS ?=
# Of a Raspberry Pi: arm64, or armhf (32 bits, ARMv7).
ARCH ?= arm64
DEMO_PORT ?=

# Where a host is that the targets provision, update, logs, status and deploy are about.
PI_HOST ?=
RELEASE ?=
# They reach the script as they were written: neither make nor a shell reads commands in them.
unexport PI_HOST RELEASE
export MIDINET_AT := $(value PI_HOST)
export MIDINET_FROM := $(value RELEASE)

.PHONY: build-pi test-pi packages-pi packages dist test-packages provision update logs status deploy
.PHONY: help deps deps-all build test test-vm build-windows test-windows test-macos-double demo screenshots bench bench-vm bench-web sim lint fuzz asan tsan format clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

deps: ## Install what the build needs from Debian's packages (nothing when it is there)
	@scripts/deps.sh

deps-all: ## ... and what every other target needs: the test machine, the Raspberry Pi, Windows
	@scripts/deps.sh vm arm64 windows

build: deps ## Build the programs: build/release/bin/{midi-host,midi-client,midi-admin,midinet-cli}
	@scripts/configure.sh $(PRESET) $(if $(MIDINET_QUICK_BUILD),-DMIDINET_QUICK_BUILD=$(MIDINET_QUICK_BUILD))
	@cmake --build build/$(PRESET) -j $(JOBS)

test: PRESET = release
test: build ## All tests: units, properties, simulator, real programs in network namespaces
	@tools/check_layers.py
	@ctest --test-dir build/release --output-on-failure --no-tests=error -j 1

packages: build ## Debian packages of this machine's architecture, into build/packages
	@rm -f build/packages/*_$$(dpkg --print-architecture).deb
	@cmake --build build/$(PRESET) --target package_files
	@cd build/$(PRESET) && cpack -G DEB >cpack.log || { cat cpack.log >&2; exit 1; }
	@ls build/packages/*.deb

dist: packages ## A release in build/dist: packages, archives, checksums, bill of materials
	@scripts/dist.sh build/$(PRESET) build/dist

test-packages: build ## Packages and installers in minimal Debian systems: install, upgrade, return, remove, purge (root)
	@ctest --test-dir build/$(PRESET) --output-on-failure --no-tests=error -j 1 -R '^packages_'

provision: ## Make a host of PI_HOST=user@host, by ssh (RELEASE=folder or address). DRY_RUN=1 only says what it would do
update: ## ... update it
deploy: ## ... update it to what `make dist` made here
logs: ## ... show what its services say
status: ## ... show how its services and the show are
provision update logs status deploy:
	@scripts/remote.sh $@ "$$MIDINET_AT" "$$MIDINET_FROM"

test-vm: build ## The real programs in a small virtual machine with ALSA and a USB controller (x86 Debian, about 5 min)
	@scripts/deps.sh vm
	@tests/vm/prepare.sh build/vm
	@VIRTUAL=1 LIMIT=900 tests/vm/vm.sh python3 -W ignore tests/vm/guest_devices.py build/release/bin
	@VIRTUAL=1 LIMIT=900 tests/vm/vm.sh python3 -W ignore tests/vm/guest_gadget.py build/release/bin
	@VIRTUAL=1 LIMIT=900 tests/vm/vm.sh python3 -W ignore tests/vm/guest_twins.py build/release/bin
	@STEADY=1 LIMIT=900 tests/vm/vm.sh python3 -W ignore tests/vm/guest_services.py build/release/bin

test-macos-double: deps ## The client for macOS, compiled and run here over doubles of CoreMIDI, kqueue, Mach and dns_sd; property lists and installer
	@scripts/configure.sh $(PRESET)
	@cmake --build build/$(PRESET) -j $(JOBS) --target macos_double macos_double_shared midi-client-macos-double midi-host
	@ctest --test-dir build/$(PRESET) --output-on-failure --no-tests=error -R '^macos_'

build-pi: deps ## Cross-build for the Raspberry Pi, ARCH=arm64 or armhf: build/pi-$(ARCH)/bin
	@scripts/deps.sh $(ARCH)
	@scripts/sysroot.sh $(ARCH) build/sysroot-$(ARCH)
	@scripts/configure.sh pi-$(ARCH)
	@cmake --build build/pi-$(ARCH) -j $(JOBS)

test-pi: build-pi ## Units, properties, golden datagrams and 200 simulated shows, built for the Raspberry Pi and run under qemu
	@ctest --test-dir build/pi-$(ARCH) --output-on-failure --no-tests=error -j $(JOBS) -L pure

packages-pi: packages build-pi ## Debian packages for the Raspberry Pi, into build/packages beside those of this machine
	@cmake -DMIDINET_DEB_DEPENDS_FROM=$(CURDIR)/build/packages build/pi-$(ARCH) >/dev/null
	@cmake --build build/pi-$(ARCH) --target package_files
	@cd build/pi-$(ARCH) && cpack -G DEB >cpack.log || { cat cpack.log >&2; exit 1; }
	@tests/packages/test_foreign.py --arch $(ARCH)
	@ls build/packages/*_$(ARCH).deb

build-windows: deps ## Build client and command line for Windows, by mingw-w64: build/windows/bin/{midi-client,midinet-cli}.exe, one static file each
	@scripts/deps.sh windows
	@scripts/configure.sh windows
	@cmake --build build/windows -j $(JOBS) --target midi-client midinet-cli te_double winmm_double reload

test-windows: build build-windows ## The programs for Windows under Wine: real Linux hosts play into a double of the client's MIDI driver, and answer the command line
	@tests/windows/test_client.py --bin build/release/bin
	@tests/windows/test_cli.py --bin build/release/bin

demo: build ## Two hosts and three clients through loss, a death and a pulled network; http://127.0.0.1:8080 (DEMO_SECONDS=n ends by itself, DEMO_PORT=n)
	@demo/demo.py --bin build/release/bin $(if $(DEMO_SECONDS),--seconds $(DEMO_SECONDS)) $(if $(DEMO_PORT),--port $(DEMO_PORT))

bench: build ## Measure; prints a table and writes build/bench/results.json (KILLS=n, PULLS=n)
	@bench/run.py --bin build/release/bin --out build/bench/results.json

bench-vm: build ## Measure real ALSA and USB MIDI in the test machine's own time; adds to build/bench/results.json
	@scripts/deps.sh vm
	@tests/vm/prepare.sh build/vm
	@bench/run.py --bin build/release/bin --out build/bench/results.json --only vm

bench-web: build ## Measure the dashboard in Chromium with real hosts and clients; adds to build/bench/results.json
	@bench/run.py --bin build/release/bin --out build/bench/results.json --only web

screenshots: build ## Pictures of every page and theme of the dashboard into docs/images, from a real show
	@scripts/deps.sh screenshots
	@MIDINET_TEST_MISSES=15 tests/web/show.py --bin build/release/bin tests/web/shots.mjs docs/images
	@pngquant --force --ext .png --speed 1 48 docs/images/*.png

sim: build ## Simulated shows: SEEDS=n, SEED_START=n
	@build/release/bin/sim_run --seeds $(SEEDS) --start $(SEED_START) --jobs $(JOBS)

lint: deps ## What judges the sources without running them: format, layers, clang-tidy, shellcheck, pyflakes
	@scripts/lint.sh

fuzz: deps ## Fuzz every decoder: FUZZ_SECONDS=n each, as many at once as there are cores
	@scripts/configure.sh fuzz
	@cmake --build build/fuzz -j $(JOBS)
	@tests/fuzz/run.sh build/fuzz $(FUZZ_SECONDS) $(JOBS)

asan: deps ## Tests under AddressSanitizer and UndefinedBehaviorSanitizer
	@scripts/configure.sh asan-ubsan
	@cmake --build build/asan-ubsan -j $(JOBS)
	@ctest --test-dir build/asan-ubsan --output-on-failure --no-tests=error -j 1

tsan: deps ## Tests under ThreadSanitizer
	@scripts/configure.sh tsan
	@cmake --build build/tsan -j $(JOBS)
	@ctest --test-dir build/tsan --output-on-failure --no-tests=error -j 1

format: ## Format all sources
	@git ls-files 'src/*.?pp' 'apps/*.?pp' 'tests/*.?pp' 'bench/*.?pp' | xargs clang-format -i

clean: ## Remove everything built
	@rm -rf build

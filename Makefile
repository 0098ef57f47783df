# The commands of a newcomer; each does all it needs from a fresh clone.
#
#   make           build/spile, one static executable
#   make demo      install what the build needs, build, show what it does
#   make test      the same, then every test and check, with one closing line
#   make bench     benchmarks, side by side with other tracers
#   make install   into PREFIX (/usr/local), below DESTDIR if given
#   make arm64     build-arm64/spile, cross-compiled
#   make format    rewrite the C and C++ files in the house style
#   make lint      format, dependency rule, clang-tidy
#   make clean     remove what was built

BUILD := build
JOBS ?= 2
PREFIX ?= /usr/local

CMAKE = cmake -G Ninja -DCMAKE_BUILD_TYPE=Release
NINJA = ninja -j $(JOBS)
TOOLS = cmake ninja g++
C_FILES = git ls-files '*.c' '*.cc' '*.h'

.PHONY: build demo test bench install arm64 format lint lint-format lint-includes lint-tidy clean \
	tools configured tests-built

build: configured
	@$(NINJA) -C $(BUILD)

tools:
	@for tool in $(TOOLS); do command -v $$tool >/dev/null || { \
	  echo "make: $$tool is missing: run 'make demo', or 'scripts/setup build' and make again" >&2; \
	  exit 1; }; done

# A plain build needs no test library; `make test` and `make bench` switch their part on for good.
configured: tools
	@test -f $(BUILD)/build.ninja || \
	  $(CMAKE) -B $(BUILD) -DSPILE_BUILD_TESTS=OFF -DSPILE_BUILD_BENCH=OFF

demo:
	scripts/setup build
	@$(MAKE) --no-print-directory build
	demo/run

test:
	scripts/setup build test lint
	@$(MAKE) --no-print-directory tests-built arm64
	scripts/run_tests $(BUILD)

tests-built: tools
	$(CMAKE) -B $(BUILD) -DSPILE_BUILD_TESTS=ON
	$(NINJA) -C $(BUILD)

bench:
	scripts/setup build bench
	$(CMAKE) -B $(BUILD) -DSPILE_BUILD_BENCH=ON
	$(NINJA) -C $(BUILD)
	bench/run $(BUILD)

install: build
	cmake --install $(BUILD) --prefix $(PREFIX)

arm64: tools
	scripts/sysroot-arm64 $(BUILD)/sysroot-arm64
	$(CMAKE) -B build-arm64 --toolchain scripts/aarch64.cmake \
	  -DSPILE_SYSROOT=$(CURDIR)/$(BUILD)/sysroot-arm64 -DSPILE_BUILD_TESTS=OFF -DSPILE_BUILD_BENCH=OFF
	$(NINJA) -C build-arm64

format:
	$(C_FILES) | xargs clang-format-19 -i

lint:
	scripts/setup build lint
	@$(MAKE) --no-print-directory build
	@$(MAKE) --no-print-directory --keep-going lint-format lint-includes lint-tidy

lint-format:
	$(C_FILES) | xargs clang-format-19 --dry-run -Werror

lint-includes:
	scripts/check_includes

lint-tidy:
	scripts/tidy --jobs $(JOBS) $(BUILD)

clean:
	rm -rf build build-arm64

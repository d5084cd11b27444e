# The short way in. `make help` lists the targets; the build itself is CMake's (CMakePresets.json).
SHELL := /bin/bash
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
# A generator only decides for a new build folder; an existing one keeps its own.
export CMAKE_GENERATOR ?= $(shell ninja --version >/dev/null 2>&1 && echo Ninja || echo "Unix Makefiles")

# The picture of the README.
six_losses := half_squared_error,huber,absolute_error,log_cosh,smooth_l1:beta=1.5,quantile:tau=0.8

.PHONY: help setup build demo test verify accuracy pictures examples bench clean

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 12

setup:  ## installs what is missing (Debian packages)
	@tools/setup.sh

build: setup  ## builds everything into build/release
	@cmake --preset release
	@cmake --build --preset release -j $(JOBS) --target losses_header
	@cmake --build --preset release -j $(JOBS)

demo: setup  ## a first result: builds the command and trains a classifier
	@cmake --preset release --log-level=ERROR >/dev/null
	@cmake --build --preset release -j $(JOBS) --target minimand_cli
	@tools/demo.sh

test: setup  ## all tests, twice (as released and with sanitizers), short fuzzing, checks of the source
	@python3 tools/test.py -j $(JOBS) test

verify: setup  ## what takes long: every float32 through every primitive, races, longer fuzzing
	@python3 tools/test.py -j $(JOBS) verify

accuracy: build  ## the largest error of each loss in ULP
	@build/release/tools/accuracy

pictures: build  ## writes docs/pictures again
	@build/release/minimand compare $(six_losses) --svg docs/pictures/losses.svg

examples: build  ## writes the pictures and numbers of docs/examples again
	@tools/example_pages.sh build/release/examples

bench: build  ## nanoseconds an element of each loss
	@for program in build/release/bench/*; do [ ! -x $$program -o -d $$program ] || $$program; done

clean:  ## removes build/
	@cmake -E rm -rf build

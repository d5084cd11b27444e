#!/bin/sh
# Runs every fuzz target of a build for some seconds over a copy of its committed corpus.
#   tests/fuzz/run.sh SECONDS BUILD_DIR
# Prints executions and findings of each; exits 1 if there is a finding or no target. A finding stays in
# BUILD_DIR/findings: make it a file of the corpus, then fix it.
set -eu
seconds=${1:?seconds per target} build=${2:?build directory}
here=$(cd "$(dirname "$0")" && pwd)
findings=$build/findings
mkdir -p "$findings"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
failed=0 ran=0
# A small quarantine keeps the pages of short-lived buffers warm.
export ASAN_OPTIONS=quarantine_size_mb=8

for target in "$build"/fuzz_*; do
  [ -f "$target" ] && [ -x "$target" ] || continue
  name=$(basename "$target") && name=${name#fuzz_}
  mkdir -p "$scratch/$name"
  [ -d "$here/corpus/$name" ] && cp "$here/corpus/$name"/* "$scratch/$name/"
  log=$scratch/$name.log
  if "$target" -max_total_time="$seconds" -max_len=4096 -timeout=5 -malloc_limit_mb=64 -rss_limit_mb=1024 \
      -print_final_stats=1 -artifact_prefix="$findings/$name-" "$scratch/$name" >"$log" 2>&1; then
    crashes=0
  else
    crashes=1 failed=1
    tail -n 40 "$log"
  fi
  executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  printf 'fuzz_%s: %s executions in %s s, %s crashes\n' "$name" "${executions:-0}" "$seconds" "$crashes"
  ran=$((ran + 1))
done

[ "$ran" -gt 0 ] || { echo "no fuzz targets in $build" >&2; exit 1; }
exit "$failed"

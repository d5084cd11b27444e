#!/bin/bash
# Runs every fuzz target of a build for some seconds over a copy of its committed corpus, JOBS (1) at a time.
#   tests/fuzz/run.sh SECONDS DIRECTORY [JOBS]
# Prints executions and findings of each; exits 1 if there is a finding or no target. A finding stays in
# DIRECTORY/findings: make it a file of the corpus, then fix it.
set -eu
seconds=${1:?seconds per target} build=${2:?directory of the targets} jobs=${3:-1}
here=$(cd "$(dirname "$0")" && pwd)
findings=$build/findings
mkdir -p "$findings"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'kill $(jobs -p) 2>/dev/null; exit 130' INT TERM
# A small quarantine keeps the pages of short-lived buffers warm.
export ASAN_OPTIONS=quarantine_size_mb=8

run() {
  local target=$1 name log crashes=0 executions
  name=$(basename "$target") && name=${name#fuzz_}
  mkdir -p "$scratch/$name"
  [ -d "$here/corpus/$name" ] && cp "$here/corpus/$name"/* "$scratch/$name/"
  log=$scratch/$name.log
  if ! "$target" -max_total_time="$seconds" -max_len=4096 -timeout=5 -malloc_limit_mb=64 -rss_limit_mb=1024 \
      -print_final_stats=1 -artifact_prefix="$findings/$name-" "$scratch/$name" >"$log" 2>&1; then
    crashes=1
    touch "$scratch/failed"
    tail -n 40 "$log"
  fi
  executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  printf 'fuzz_%s: %s executions in %s s, %s crashes\n' "$name" "${executions:-0}" "$seconds" "$crashes"
}

ran=0
for target in "$build"/fuzz_*; do
  [ -f "$target" ] && [ -x "$target" ] || continue
  [ "$(jobs -pr | wc -l)" -lt "$jobs" ] || wait -n
  run "$target" &
  ran=$((ran + 1))
done
wait

[ "$ran" -gt 0 ] || { echo "no fuzz targets in $build" >&2; exit 1; }
[ ! -e "$scratch/failed" ]

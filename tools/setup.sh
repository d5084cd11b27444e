#!/bin/bash
# Installs the Debian packages that the build, the tests and the demonstration need. Says nothing if all are there.
set -euo pipefail

packages=(
  make cmake ninja-build g++ pkg-config python3               # building
  libhwy-dev                                                  # the library
  libcli11-dev nlohmann-json3-dev zlib1g-dev                  # the command
  libdnnl-dev libeigen3-dev liblbfgspp-dev                    # training
  dataset-fashion-mnist                                       # the demonstration
  libgtest-dev libmpfr-dev libbenchmark-dev                   # tests, oracle, benchmarks
  clang-16 libclang-rt-16-dev                                 # fuzzing
)

if ! command -v dpkg-query >/dev/null; then
  echo "minimand: not a Debian system; please see to what corresponds to: ${packages[*]}" >&2
  exit 0
fi

installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "${packages[@]}" 2>/dev/null || true)
missing=()
for package in "${packages[@]}"; do
  grep -qx "$package installed" <<<"$installed" || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

install="apt-get install -y --no-install-recommends ${missing[*]}"
if [ "$(id -u)" -eq 0 ]; then
  as_root=()
elif sudo -n true 2>/dev/null; then
  as_root=(sudo -n)
else
  printf 'minimand: %d packages are missing, and installing them needs root. Please run:\n  sudo %s\n' \
    ${#missing[@]} "$install" >&2
  exit 1
fi
echo "minimand: installing ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# The lists may be old or absent: refresh them only if the first try fails.
if ! "${as_root[@]}" $install >"$log" 2>&1; then
  "${as_root[@]}" apt-get update >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
  "${as_root[@]}" $install >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
fi

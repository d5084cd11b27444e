#!/bin/bash
# The kernels compile for 64-bit Arm where a compiler for it is there (Debian: g++-aarch64-linux-gnu); else exit 77.
# usage: neon_compiles.sh SOURCE_DIR SLICES_DIR
set -euo pipefail
compiler=$(command -v aarch64-linux-gnu-g++) || exit 77
source=$1 slices=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
ln -s /usr/include/hwy "$folder/hwy"  # Highway's headers are the same on every machine; the rest of /usr/include is not
for unit in pointwise_1_kernels pointwise_2_kernels rows_0_float rows_0_double; do
  "$compiler" -std=gnu++20 -O1 -ffp-contract=off -DHWY_BROKEN_EMU128=1 \
    "-DHWY_DISABLED_TARGETS=(HWY_SVE|HWY_SVE2|HWY_SVE_256|HWY_SVE2_128)" -Wno-psabi \
    -I"$folder" -I"$source/include" -I"$source/src" -I"$source" -I"$slices" \
    -c "$slices/$unit.cpp" -o "$folder/$unit.o"
done
echo "kernels compile for NEON with $("$compiler" -dumpversion)"

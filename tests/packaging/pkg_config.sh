#!/bin/bash
# pkg_config.sh PKG_CONFIG COMPILER LIBDIR SOURCE PROGRAM: builds and runs a program with what pkg-config says alone.
set -euo pipefail
pkg_config=$1 compiler=$2 libdir=$3 source=$4 program=$5
export PKG_CONFIG_PATH=$libdir/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
read -ra flags <<<"$("$pkg_config" --cflags --libs minimand)"
"$compiler" -std=c++20 "$source" -o "$program" "${flags[@]}"
LD_LIBRARY_PATH=$libdir${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} "$program"

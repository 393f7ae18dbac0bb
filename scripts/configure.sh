#!/usr/bin/env bash
# configure.sh PRESET [-Dname=value ...]: runs CMake once; later builds find the build directory and re-run it by themselves.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -f "build/$1/build.ninja" ] || cmake --preset "$1" "${@:2}" >/dev/null

#!/usr/bin/env bash
# build.sh CMAKE BUILD FOLDER: makes the packages of what was built there.
set -euo pipefail
rm -rf "$3"
"$1" --build "$2" --target package_files
cd "$2"
cpack -G DEB -B "$3"

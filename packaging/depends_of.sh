#!/bin/sh
# depends_of.sh FOLDER PACKAGE: what the native package of that name in the folder depends on. A package that is cross-built depends on the same:
# Debian's libraries have the same names and versions on every architecture, but dpkg-shlibdeps knows only those that are installed here.
set -eu
# The newest one, where there are several.
package=$(find "$1" -name "$2_*_$(dpkg --print-architecture).deb" -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d' ' -f2-)
[ -n "$package" ] || { echo "depends_of.sh: there is no native package $2 in $1; build it first (make packages)" >&2; exit 1; }
dpkg-deb -f "$package" Depends

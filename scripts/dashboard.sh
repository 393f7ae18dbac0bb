#!/usr/bin/env bash
# Builds the dashboard into build/dashboard/dist, if its sources changed since it was built last. Several builds may ask at once.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v npm >/dev/null || { echo "scripts/dashboard.sh: npm is missing; \`make deps\` installs it" >&2; exit 1; }
mkdir -p build/dashboard
exec 9>build/dashboard/lock
flock 9
digest() { # of all that the result depends on
    find "$@" -type f -not -path '*/node_modules/*' -not -name schema.d.ts -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum
}
packages=$(digest dashboard/package.json dashboard/package-lock.json)
sources=$(digest dashboard docs/openapi.yaml)
if [ ! -d dashboard/node_modules ] || [ "$packages" != "$(cat build/dashboard/packages 2>/dev/null)" ]; then
    rm -f build/dashboard/packages
    (cd dashboard && npm ci --no-audit --no-fund --loglevel=error)
    # Debian's npm does not link the program of an optional package, and its own Node is too old.
    for node in dashboard/node_modules/node-linux-*/bin/node; do
        [ ! -x "$node" ] || ln -sf "../${node#dashboard/node_modules/}" dashboard/node_modules/.bin/node
    done
    echo "$packages" >build/dashboard/packages
fi
if [ ! -f build/dashboard/dist/index.html ] || [ "$sources" != "$(cat build/dashboard/sources 2>/dev/null)" ]; then
    rm -f build/dashboard/sources
    (cd dashboard && npm run --silent build) >build/dashboard/log 2>&1 || { cat build/dashboard/log >&2; exit 1; }
    echo "$sources" >build/dashboard/sources
fi

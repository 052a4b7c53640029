#!/bin/sh
# Installs Prism, which plays Twilio's published API to the contract test, into .venv/prism. Everything is locked by hash; the
# lock names no host. Without npm nothing happens here: the test says what is missing, and fails only under CI.
set -eu
cd "$(dirname "$0")/.."
lock=.requirements/prism/package-lock.json
place=.venv/prism

if cmp -s "$lock" "$place/installed.json"; then
    exit 0
fi
if ! command -v npm >/dev/null 2>&1; then
    echo "There is no npm here, so the contract test with Twilio's API cannot run. Install Node.js 18.20 or newer with npm." >&2
    exit 0
fi
echo "Installing Prism for the contract test with Twilio's API into $place, once ..." >&2
mkdir -p "$place"
cp .requirements/prism/package.json "$lock" "$place/"
if (cd "$place" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2); then
    cp "$lock" "$place/installed.json"
else
    echo "Prism could not be installed; the contract test with Twilio's API says so again." >&2
fi

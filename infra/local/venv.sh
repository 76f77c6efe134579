#!/bin/sh
# Make a virtual environment with everything that is pinned: venv.sh FOLDER [REQUIREMENTS]
set -eu
folder=$1
requirements=${2:-requirements-dev.txt}

found=
for candidate in python3.11 python3 python3.12 python3.13; do
    if command -v "$candidate" >/dev/null &&
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
        found=$candidate
        break
    fi
done
if [ -z "$found" ]; then
    echo "Python 3.11 or newer is needed." >&2
    exit 1
fi

# Debian ships Python without the part that makes virtual environments.
if ! "$found" -c 'import ensurepip, venv' 2>/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq && apt-get install -y -qq python3-venv
    else
        echo "Install the package python3-venv: sudo apt-get install python3-venv" >&2
        exit 1
    fi
fi

echo "Installing tools into $folder (once; takes a minute or two)"
[ -x "$folder/bin/python" ] || "$found" -m venv "$folder"
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check -r "$requirements"

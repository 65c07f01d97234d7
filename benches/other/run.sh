#!/usr/bin/env bash
# A transfer in other languages, beside handover's: builds and runs what is there, in turns in one run, and prints a row
# each: nanoseconds a transfer (the least of five rounds, by the time of the processor where the language tells it) and how
# many times handover's that is. What is not installed says so.
#
# On Debian: apt-get install g++ libboost-context-dev luajit lua5.4 ruby golang-go; pip install greenlet. PYTHON names the
# Python that has greenlet.
set -euo pipefail
cd "$(dirname "$0")"
ROUNDS=5
PYTHON=${PYTHON:-python3}
BUILT=$(mktemp -d)
trap 'rm -rf "$BUILT"' EXIT

cargo build --release --quiet --manifest-path ../Cargo.toml --bin instructions
handover=${CARGO_TARGET_DIR:-../target}/release/instructions

names=() commands=() versions=()
# contender NAME VERSION COMMAND..: one that can be run.
contender() {
    names+=("$1") versions+=("$2")
    shift 2
    commands+=("$*")
}
missing() {
    echo "| $1 | $2 is not installed | |"
}
first() { # the first line of what a command prints
    "$@" 2>&1 | sed -n 1p
}

echo "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | sed -n 1p); load $(cut -d ' ' -f 1 /proc/loadavg) on $(nproc) processors"
printf '\n| | | ns, minimum | times handover |\n|---|---|---:|---:|\n'
contender 'handover' "$(first rustc --version)" "$handover transfer 5000000"
if command -v g++ >/dev/null; then
    g++ -O2 -std=c++20 -o "$BUILT/symmetric" symmetric.cpp
    contender 'C++20 coroutines, symmetric transfer' "$(first g++ --version)" "$BUILT/symmetric 50000000"
    if g++ -O2 -std=c++17 -o "$BUILT/context" context.cpp -lboost_context 2>/dev/null; then
        contender 'Boost.Context, `fiber::resume`' "$(sed -n 's/.*BOOST_LIB_VERSION "\(.*\)"/Boost \1/p' /usr/include/boost/version.hpp)" \
            "$BUILT/context 20000000"
    else
        missing 'Boost.Context' libboost-context-dev
    fi
else
    missing 'C++20, Boost.Context' g++
fi
if command -v luajit >/dev/null; then contender 'LuaJIT, resume and yield' "$(first luajit -v)" "luajit transfer.lua 5000000"; else missing LuaJIT luajit; fi
if command -v lua5.4 >/dev/null; then contender 'Lua, resume and yield' "$(first lua5.4 -v)" "lua5.4 transfer.lua 2000000"; else missing Lua lua5.4; fi
if command -v ruby >/dev/null; then contender 'Ruby, `Fiber#transfer`' "$(first ruby --version)" "ruby transfer.rb 2000000"; else missing Ruby ruby; fi
if "$PYTHON" -c 'import greenlet' 2>/dev/null; then
    contender 'Python, greenlet' "$("$PYTHON" -c 'import greenlet, platform; print("CPython", platform.python_version() + ", greenlet", greenlet.__version__)')" \
        "$PYTHON transfer.py 2000000"
else
    missing greenlet greenlet
fi
if command -v go >/dev/null; then
    go build -o "$BUILT/channels" transfer.go
    contender 'Go, channels without a buffer' "$(first go version)" "$BUILT/channels 5000000"
else
    missing Go go
fi

for ((round = 0; round < ROUNDS; round++)); do
    for nth in "${!names[@]}"; do
        ${commands[nth]} 2>&1 | sed -n 's/^\([0-9.]*\)\( ns each\)*$/\1/p' | tail -n 1 >>"$BUILT/$nth.ns"
    done
done
base=$(sort -n "$BUILT/0.ns" | sed -n 1p)
for nth in "${!names[@]}"; do
    sort -n "$BUILT/$nth.ns" | sed -n 1p | awk -v name="${names[nth]}" -v version="${versions[nth]}" -v base="$base" \
        '{ printf "| %s | %s | %.1f | %.2f |\n", name, version, $1, $1 / base }'
done

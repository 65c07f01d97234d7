#!/bin/sh
# Counts the instructions of a transfer, a spawn and join, and a sleep and wake under callgrind, and compares them with
# instructions.txt: counts do not depend on how busy the machine is. Fails if one is more than the tolerance off.
#
#   benches/instructions.sh           checks
#   benches/instructions.sh --write   writes what it counted to instructions.txt
#
# Each workload is run at two sizes, and the difference divided by that of the operations. These sizes are small and
# give what ones five times as large give, to a third of a percent. Another compiler gives other counts: then nothing
# is compared.
set -eu
cd "$(dirname "$0")"
TOLERANCE=2 # percent; the count is exact, but another malloc gives another one

command -v valgrind >/dev/null || { echo "valgrind is not installed" >&2; exit 2; }
cargo build --profile instructions --quiet --bin instructions
PROGRAM=${CARGO_TARGET_DIR:-target}/instructions/instructions

# Prints the operations and the instructions of `instructions WORKLOAD OPERATIONS PEERS`.
count() {
    operations=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null --log-file="$LOG" \
        --toggle-collect="handover_benches::workloads::$1::handover" "$PROGRAM" "$1" "$2" "$3")
    echo "$operations $(sed -n 's/.*Collected : //p' "$LOG")"
}

LOG=$(mktemp)
COUNTED=$(mktemp)
trap 'rm -f "$LOG" "$COUNTED"' EXIT
while read -r workload peers name; do
    small=$(count "$workload" 20000 "$peers")
    large=$(count "$workload" 60000 "$peers")
    echo "$small $large $name" | awk '{ printf "%.1f", ($4 - $2) / ($3 - $1); $1 = $2 = $3 = $4 = ""; print " " $0 }' |
        tr -s ' '
done >"$COUNTED" <<'WORKLOADS'
transfer 2 transfer, 2 peers
spawn 1000 spawn and join, 1000 peers
hold 1 sleep and wake, 1 sleeper
hold 1000 sleep and wake, 1000 sleepers
WORKLOADS

if [ "${1:-}" = --write ]; then
    {
        echo "# Instructions an operation: $(rustc --version), $(valgrind --version), $(ldd --version | head -n 1)"
        cat "$COUNTED"
    } >instructions.txt
    cat instructions.txt
    exit
fi

if ! grep -qF "$(rustc --version)" instructions.txt; then
    cat "$COUNTED"
    echo "not compared: instructions.txt is of another compiler than $(rustc --version)"
    exit
fi

grep -v '^#' instructions.txt | paste -d ' ' "$COUNTED" - | awk -v tolerance="$TOLERANCE" '
    {
        half = NF / 2
        name = ""
        for (field = 2; field <= half; field++) name = name " " $field
        off = 100 * ($1 / $(half + 1) - 1)
        wrong = off > tolerance || off < -tolerance
        failed += wrong
        printf "%-32s %8.1f, expected %8.1f: %+.1f %%%s\n", name, $1, $(half + 1), off, wrong ? "  <- too far off" : ""
    }
    END { exit failed > 0 || NR == 0 }'

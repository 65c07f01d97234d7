#!/bin/sh
# Counts the instructions of each deed of `src/bin/growth.rs` at 1, 1,000 and 10,000 under valgrind, and says with which
# power of the size they grow: 1 is in proportion, 2 with its square. Fails if one grows faster than growth.txt says.
#
#   benches/growth.sh                       checks
#   benches/growth.sh --one NAME            counts one deed, for its row in growth.txt
#   benches/growth.sh --write               writes what it counted to growth.txt
#   benches/growth.sh --far SIZE [PATTERN]  checks from 10,000 to SIZE instead, at most a million, those deeds that the pattern
#                                           is in: by hand, as to a million a deed takes from minutes to an hour
#   benches/growth.sh --seconds SIZE        says how long each takes at this size instead: where one of the square would show
set -eu
cd "$(dirname "$0")"
TOLERANCE=0.08 # what a buffer that doubles between two sizes may make of it
MOST=1.25      # n log n is 1.1; whatever grows faster is a fault

PATTERN=
if [ "${1:-}" = --far ]; then
    export MIDDLE=10000 LARGE="$2"
    PATTERN=${3:-}
fi
: "${MIDDLE:=1000}" "${LARGE:=10000}"

[ -n "${BUILT:-}" ] || cargo build --release --quiet --bin growth
PROGRAM=${CARGO_TARGET_DIR:-target}/release/growth

if [ "${1:-}" = --seconds ]; then
    "$PROGRAM" | while read -r name; do
        "$PROGRAM" "$name" "$2" --seconds
    done
    exit
fi

command -v valgrind >/dev/null || { echo "valgrind is not installed" >&2; exit 2; }

# Prints the instructions of the deed $1 at the size $2.
count() {
    valgrind --tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null --log-fd=9 "$PROGRAM" "$1" "$2" 9>&1 >/dev/null |
        sed -n 's/.*I *refs: *//p' | tr -d ,
}

if [ "${1:-}" = --one ]; then
    echo "$(count "$2" 1) $(count "$2" "$MIDDLE") $(count "$2" "$LARGE") $2" |
        awk -v times="$((LARGE / MIDDLE))" '
            { printf "%.2f", log(($3 - $1) / ($2 - $1)) / log(times); $1 = $2 = $3 = ""; print }' | tr -s ' '
    exit
fi

COUNTED=$(mktemp)
trap 'rm -f "$COUNTED"' EXIT
"$PROGRAM" | grep -e "$PATTERN" | tr '\n' '\0' | BUILT=1 xargs -0 -n 1 -P "$(nproc)" ./growth.sh --one >"$COUNTED"

if [ "${1:-}" = --write ]; then
    {
        echo "# With which power of the size the instructions grow, from 1,000 to 10,000: $(rustc --version)"
        "$PROGRAM" | while read -r name; do
            grep -- " $name\$" "$COUNTED"
        done
    } >growth.txt
    cat growth.txt
fi

grep -v '^#' growth.txt | grep -e "$PATTERN" | awk -v tolerance="$TOLERANCE" -v most="$MOST" -v counted="$COUNTED" '
    { power = $1; $1 = ""; kept[$0] = power }
    END {
        while ((getline <counted) > 0) {
            power = $1; $1 = ""
            seen[$0] = 1
            if (power !~ /^-?[0-9]+\.[0-9]+$/)
                why = "  <- is no number" # as nan is none: it is below every limit
            else if (!($0 in kept))
                why = "  <- has no row"
            else if (power > (kept[$0] > 1 ? kept[$0] : 1) + tolerance || power > most) # less than in proportion is no fault
                why = ": it was " kept[$0] "  <- grows too fast"
            else
                why = ""
            failed += why != ""
            rows++
            print power $0 why
        }
        for (row in kept)
            if (!(row in seen)) {
                print kept[row] row "  <- was not counted"
                failed++
            }
        exit failed > 0 || rows == 0
    }'

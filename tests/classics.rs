//! The classics, played as the other examples are, and compared with what their inventors published.

use play::examples;

mod play;

examples! {
    manager_worker prints [
        "Starting the manager",
        "Manager: starts",
        "Manager: transferring 'something' to worker",
        "Worker: starts",
        "Worker: Performed \"something\", transferring back",
        "Manager: worker returned \"Something\"",
        "Resuming the manager",
        "Manager: finished",
    ];
    knuth_translate prints [
        "ABB BEE EEE E44 446 66F GZY W22 220 0PQ 999 999 999 R.",
        ".",
        "ABB BEE EEE E44 446 66F GZY W22 220 0PQ 999 999 999 R.",
        "XXX XXX XXX XXX XXX XXX XXX XXX XXX XXX XXX XXX XXX XYY YYY YYY",
        "YY.",
    ];
    permutations prints ["b c a", "c b a", "c a b", "a c b", "b a c", "a b c"];
    same_fringe prints [
        "[0,1,[2,[3]],[4,5],[[[6]]]] in order: 0 1 2 3 4 5 6",
        "[0,1,[2,[3]],[4,5],[[[6]]]] equals [0,1,2,3,4,5,6]: walked 7 and 7 leaves",
        "[0,1,[2,[3]],[4,5],[[[6]]]] is greater than [0,1,2,3,4,5]: walked 7 and 6 leaves",
        "[0,1,[2,[3]],[4,5],[[[6]]]] is less than [0,1,2,3,4,5,6,7]: walked 7 and 8 leaves",
        "[1,[[2],8]] equals [[[1],2],8]: walked 3 and 3 leaves",
        "[1,[[3],8]] is greater than [[[1],2],8]: walked 2 and 2 leaves",
        "[1,[[2],8]] is less than [[[1],2],9]: walked 3 and 3 leaves",
        "[7,[[1],2,3],[4,[5,6]]] is less than [[8,1],[2,[3,4]],[5],6]: walked 1 and 1 leaves",
    ];
    merge prints ["1 2 4 5 6 7 8 9 10 13"];
    sieve prints ["2 3 5 7 11 13 17 19 23 29 31 37 41 43 47 53 59 61 67 71 73 79", "22 primes to 80"];
    squasher prints [
        " d = sqrt(b^2 - 4*a*c);twoa = 2*a; L = -b/twoa; R = d/twoa; A1 = L + R; ",
        "A2 = L - R                                                              ",
    ];
    parser;
    sleep_sort;
    philosophers;
    game;
}

#[test]
fn every_classic_is_played_here() {
    assert_eq!(PLAYED, play::CLASSICS);
}

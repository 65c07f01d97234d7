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
    asymmetric;
    sleep_sort;
    philosophers;
    readers_writers;
    sleeping_barber;
    rendezvous;
    bounded_buffer;
    game;
    elevator;
}

/// Table 1 of the book, section 2.2.5, but for the rows of step E6, and those of E4 that let somebody pass.
const ELEVATOR: &str = "\
0000 U1, 0035 E8, 0038 U1, 0096 E8, 0136 U1, 0141 U1, 0152 U4 (1), 0180 E2, 0180 E3, \
0200 E4, 0256 E5, 0291 U1, 0291 E7, 0342 E7, 0364 U1, 0393 E7, 0444 E7, 0509 E2, 0509 E3, \
0529 U5 (2), 0540 U4 (6), 0554 E5, 0589 E8, 0602 U1, 0673 E2, 0673 E3, 0693 U5 (5), 0749 E5, \
0784 E8, 0827 U1, 0868 E2, 0868 E3, 0876 U1, 0888 U5 (3), 0913 U5 (4), 0944 E5, 0979 E8, \
1048 U1, 1063 E2, 1063 E3, 1083 U6 (4), 1108 U6 (3), 1133 U6 (5), 1139 E5 flutter, 1158 U6 (2), \
1179 E5 flutter, 1183 U5 (7), 1208 U5 (8), 1219 E5 flutter, 1233 U5 (9), 1259 E5, 1294 E8, \
1378 E2, 1378 E3, 1398 U6 (8), 1423 U5 (10), 1454 E5, 1489 E7, 1554 E2, 1554 E3";

#[test]
fn the_elevator_keeps_to_the_published_trace() {
    let output = play::output_of(examples::elevator::play);
    let until_the_table_ends = output.lines().take_while(|row| &row[..4] <= "1554");
    let trace: Vec<&str> = until_the_table_ends.map(|row| row[..15].trim_end()).collect();
    assert_eq!(trace.join(", "), ELEVATOR);
}

#[test]
fn every_classic_is_played_here() {
    assert_eq!(PLAYED, play::CLASSICS);
}

fn twice(action: impl Fn(u32) -> u32) -> u32 {
    action(action(1))
}

fn make_adder(step: u32) -> impl Fn(u32) -> u32 {
    move |n| n + step // takes `step` along, for that is gone when `make_adder` returns
}

fn main() {
    let step = 10;
    assert_eq!(twice(|n| n + step), 21); // borrows `step`
    assert_eq!(twice(make_adder(100)), 201);
}

use handover::{Captured, Trampoline};

#[test]
fn dishes_are_cooked_side_by_side() {
    let said = Captured::new();
    let trampoline = Trampoline::builder().output(said.sink()).build();
    let run = trampoline.run(async |co| {
        let (orders, taken) = mpsc::channel(16);
        for (dish, at) in [("eggs", 0), ("rice", 5)] {
            let orders = orders.clone();
            co.spawn_named(format!("guest with {dish}"), async move |co| {
                co.sleep(Duration::from_millis(at)).await;
                let (answer, answered) = oneshot::channel();
                assert!(orders.send(Order { dish: dish.to_string(), answer }).await.is_ok());
                co.log(answered.await.unwrap());
            });
        }
        drop(orders); // or the kitchen would wait for more
        kitchen(co, taken).await;
        co.log("closed");
    });
    run.unwrap();
    insta::assert_snapshot!(said.text(), @"
    [0.02s] guest with eggs: one eggs
    [0.025s] guest with rice: one rice
    [0.025s] main: closed
    ");
}

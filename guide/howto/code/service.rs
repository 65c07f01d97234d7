use handover::Co;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

struct Order {
    dish: String,
    answer: oneshot::Sender<String>,
}

/// Cooks whatever is ordered, side by side, until nobody can order any more.
async fn kitchen(co: &mut Co, mut orders: mpsc::Receiver<Order>) {
    co.scope(async move |_, cooks| {
        while let Some(Order { dish, answer }) = orders.recv().await {
            cooks.spawn_named(format!("cook of {dish}"), async move |co: &mut Co| {
                co.sleep(Duration::from_millis(20)).await;
                let _ = answer.send(format!("one {dish}")); // unless the guest has gone
            });
        }
    })
    .await;
}

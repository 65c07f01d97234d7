use handover::Trampoline;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A guest: a line in, a line out.
async fn serve(guest: TcpStream, orders: mpsc::Sender<Order>) -> Option<()> {
    let mut guest = BufReader::new(guest);
    let mut dish = String::new();
    while guest.read_line(&mut dish).await.ok()? > 0 {
        let (answer, answered) = oneshot::channel();
        orders.send(Order { dish: dish.trim().to_string(), answer }).await.ok()?;
        guest.write_all(format!("{}\n", answered.await.ok()?).as_bytes()).await.ok()?;
        dish.clear();
    }
    Some(())
}

fn main() {
    let tokio = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let trampoline = Trampoline::builder().wall_clock().host_timer(tokio::time::sleep).build();
    tokio.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (orders, taken) = mpsc::channel(16);

        tokio::spawn(async move {
            for _ in 0..2 {
                // two guests, and it closes
                let (guest, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(guest, orders.clone()));
            }
        });
        let guests = ["eggs\n", "rice\n"].map(|dish| {
            tokio::spawn(async move {
                let mut table = TcpStream::connect(address).await.unwrap();
                table.write_all(dish.as_bytes()).await.unwrap();
                table.shutdown().await.unwrap();
                let mut answer = String::new();
                table.read_to_string(&mut answer).await.unwrap();
                assert_eq!(answer, format!("one {dish}"));
            })
        });

        trampoline.run_async(async |co| kitchen(co, taken).await).await.unwrap();
        for guest in guests {
            guest.await.unwrap();
        }
    });
}

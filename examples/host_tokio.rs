//! A breakfast inside tokio, whose coffee machine and toaster are a TCP connection away.
//!
//! What it models: the breakfast of `breakfast_gather`, where the kitchen is a server on loopback. A real socket is
//! opened, written to and read from; the time that coffee takes is simulated.
//!
//! What it shows: `run_async` makes the run a future, for an executor to drive beside its own tasks. What happens
//! outside the program is awaited with `external`: until it is done the virtual clock stands still, however long the
//! network takes. So real answers arrive at exact times.
//!
//! ```text
//! tokio ─┬─ kitchen, a task of tokio's: a line in, a line out
//!        │      ▲  │
//!        │      │  ▼  TCP, awaited with `external`
//!        └─ run_async ─┬─ coffee, 3s
//!                      └─ bagel, 2s
//! ```

use std::io;
use std::time::Duration;

use handover::{Co, RunError, Trampoline};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[path = "common/mod.rs"]
mod common;

/// Says of whatever is asked for that it is ready; one connection after another.
async fn kitchen(listener: TcpListener) -> io::Result<()> {
    loop {
        let (mut connection, _) = listener.accept().await?;
        let mut order = String::new();
        connection.read_to_string(&mut order).await?;
        connection.write_all(format!("{order} ready").as_bytes()).await?;
    }
}

/// Asks the kitchen on this port for something.
async fn ask(port: u16, order: &str) -> io::Result<String> {
    let mut connection = TcpStream::connect(("127.0.0.1", port)).await?;
    connection.write_all(order.as_bytes()).await?;
    connection.shutdown().await?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await?;
    Ok(answer)
}

async fn brew_coffee(co: &mut Co, port: u16) -> io::Result<String> {
    co.say("Start brewCoffee()");
    co.sleep(Duration::from_secs(3)).await;
    let coffee = co.external(ask(port, "Coffee")).await?;
    co.say("End brewCoffee()");
    Ok(coffee)
}

async fn toast_bagel(co: &mut Co, port: u16) -> io::Result<String> {
    co.say("Start toastBagel()");
    co.sleep(Duration::from_secs(2)).await;
    let bagel = co.external(ask(port, "Bagel")).await?;
    co.say("End toastBagel()");
    Ok(bagel)
}

async fn breakfast(co: &mut Co) -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    tokio::spawn(kitchen(listener));

    let start = co.now();
    let coffee = async move |co: &mut Co| brew_coffee(co, port).await;
    let bagel = async move |co: &mut Co| toast_bagel(co, port).await;
    let (coffee, bagel) = co.try_gather((coffee, bagel)).await?;
    co.say(format!("Result of brewCoffee : {coffee}"));
    co.say(format!("Result of toastBagel : {bagel}"));
    co.say(format!("Total execution time : {:.2} seconds", (co.now() - start).as_secs_f64()));
    Ok(())
}

/// Plays the example on this trampoline, inside tokio.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    let tokio = tokio::runtime::Builder::new_current_thread().enable_io().build().expect("tokio starts");
    tokio.block_on(trampoline.run_async(async |co| {
        if let Err(error) = breakfast(co).await {
            co.say(format!("no breakfast: {error}"));
        }
    }))
}

fn main() -> std::process::ExitCode {
    common::main(play)
}

//! Lines that say when, and who.

use std::fmt;

use crate::kernel::co::Co;

impl<In> Co<In> {
    /// Prints a line as [`say`](Co::say) does, with the time and this peer's name in front. Peers of one name, as
    /// closures of one function are, are not told apart here: name them with [`spawn_named`](Co::spawn_named), or
    /// log the [`id`](crate::Peer::id) of `co.me()`, too.
    ///
    /// It is a method, and no choice of the builder's, so that a program can have both kinds of lines, and what is printed
    /// can be read off the program alone. A trace has the time of every line, and who said it; to give all events to
    /// `tracing` or `log`, see [`Builder::trace_with`](crate::Builder::trace_with).
    ///
    /// ```
    /// use handover::{Captured, Trampoline};
    /// use std::time::Duration;
    /// let said = Captured::new();
    /// let trampoline = Trampoline::builder().output(said.sink()).build();
    /// trampoline.run(async |co| {
    ///     co.sleep(Duration::from_millis(1500)).await;
    ///     co.log("toast is ready");
    /// })?;
    /// assert_eq!(said.text(), "[1.5s] main: toast is ready\n");
    /// # Ok::<(), handover::RunError>(())
    /// ```
    #[track_caller]
    pub fn log(&self, line: impl fmt::Display) {
        self.say(format_args!("[{}] {}: {line}", self.now(), self.name()));
    }
}

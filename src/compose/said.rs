//! What a body says, and the names by which it calls peers.

use std::fmt;

use crate::base::peer::PeerId;
use crate::kernel::co::Co;

impl<In> Co<In> {
    /// Returns this peer's name: the one given, or that of its body.
    ///
    /// ```
    /// # use handover::run;
    /// run(async |co| {
    ///     assert_eq!(co.name(), "main");
    ///     let clerk = co.spawn_named("clerk 7", async |co| co.name());
    ///     assert_eq!(clerk.await, "clerk 7");
    /// });
    /// ```
    #[must_use]
    pub fn name(&self) -> String {
        self.kernel().who(self.me().id()).name
    }

    /// Returns the name of `peer`, as of the one that [`sender`](Co::sender) gives.
    ///
    /// A peer that has ended keeps its name for a while. Of one that is long gone it returns the id, as in "3v1". A
    /// [`PeerId`] does not say whose it is.
    ///
    /// ```
    /// # use handover::{Peer, run};
    /// run(async |co| {
    ///     let greeter = co.declare::<Peer<()>>("greeter");
    ///     co.define(greeter, async |co, guest| {
    ///         let from = co.sender().map(|peer| co.name_of(peer));
    ///         assert_eq!(from.as_deref(), Some("main"));
    ///         co.leave(guest, ()).await
    ///     });
    ///     co.transfer(greeter, co.me()).await;
    ///     assert_eq!(co.name_of(greeter.id()), "greeter");
    /// });
    /// ```
    #[must_use]
    pub fn name_of(&self, peer: PeerId) -> String {
        self.kernel().who(peer).name
    }

    /// Prints a line to the trampoline's output: standard output, unless the builder was given a sink.
    ///
    /// ```
    /// use handover::{Captured, Trampoline};
    /// let said = Captured::new();
    /// let trampoline = Trampoline::builder().output(said.sink()).build();
    /// trampoline.run(async |co| co.say("Start brewCoffee()")).unwrap();
    /// assert_eq!(said.text(), "Start brewCoffee()\n");
    /// ```
    #[track_caller]
    pub fn say(&self, line: impl fmt::Display) {
        self.kernel().say(&line.to_string());
    }
}

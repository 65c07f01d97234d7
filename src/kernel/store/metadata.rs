//! Metadata: what is looked at only when a peer begins or ends, or when somebody asks who it is.

use std::any::Any;
use std::borrow::Cow;

use crate::base::panic::{Ended, Panic};
use crate::base::peer::PeerId;
use crate::kernel::wakes::Waiter;

/// A peer's name: given, or that of its body's type, which is shortened only when somebody looks.
#[derive(Clone, Debug)]
pub(crate) enum Name {
    Given(Cow<'static, str>),
    OfBody(&'static str),
}

impl Name {
    /// `brew_coffee` for the function `kitchen::brew_coffee`, `closure in main` for a closure in `main`.
    pub(crate) fn text(&self) -> String {
        let path = match self {
            Name::Given(name) => return name.to_string(),
            Name::OfBody(path) => path.split('<').next().unwrap_or(path),
        };
        let mut segments = path.rsplit(':').filter(|segment| !segment.is_empty());
        match segments.next() {
            Some("{{closure}}") => {
                let function = segments.find(|segment| *segment != "{{closure}}").unwrap_or("a body");
                format!("closure in {function}")
            }
            name => name.unwrap_or("a body").to_string(),
        }
    }
}

/// How a peer ended: with what its body returned, or how else.
pub(crate) type Exit = Result<Box<dyn Any>, Ended>;

/// Who is to be told of a peer's end; and when it has ended, what there is to tell.
///
/// An [`Exit`] in two variants, because as a whole it would not leave the metadata in one line.
pub(crate) enum JoinState {
    /// It is alive, and no task is left to look. Next: Taken.
    Detached,
    /// It is alive, and has a task; here is whoever awaits it. Next: any but Attached.
    Attached(Option<Waiter>),
    /// It has ended, and its task has not been told. Next: Taken.
    Returned(Box<dyn Any>),
    /// As `Returned`.
    Failed(Ended),
    /// It was cancelled, and its body has not been dropped yet. Next: Failed, Taken.
    Cancelling,
    /// It panicked, and the error of the run that this was in has told of it. Next: Taken.
    Reported(Panic),
    /// The task was told, or nobody is left to be.
    Taken,
}

/// It fills one line of the cache, as a slot does.
pub(crate) struct Metadata {
    pub(super) name: Name,
    pub(super) parent: Option<PeerId>,
    /// Which peer this is, counted from the first of the trampoline.
    pub(super) born: u64,
    pub(super) join: JoinState,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_pointer_width = "64")]
    fn metadata_is_one_line_of_the_cache() {
        assert_eq!(size_of::<Metadata>(), 64);
    }

    #[test]
    fn a_body_lends_its_name() {
        let text = |path| Name::OfBody(path).text();
        assert_eq!(text("kitchen::brew_coffee"), "brew_coffee");
        assert_eq!(text("kitchen::main::{{closure}}::{{closure}}"), "closure in main");
        assert_eq!(text("kitchen::toast<alloc::string::String>"), "toast");
        assert_eq!(text(""), "a body");
    }
}

//! `Turn`: a peer's wait for one turn, which nothing else ends that wakes the peer; and `Look`, what is done in a turn of nobody's.

use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll};

use crate::base::peer::PeerId;
use crate::kernel::Kernel;

/// Awaits a turn that is drawn when it is first polled.
pub(super) struct Turn {
    kernel: Rc<Kernel>,
    drawn: Drawn,
}

/// Next of each: the one below.
enum Drawn {
    Not,
    This(u64),
    Served,
}

impl Turn {
    pub(super) fn draw(kernel: &Rc<Kernel>) -> Self {
        Turn { kernel: Rc::clone(kernel), drawn: Drawn::Not }
    }
}

impl Future for Turn {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.drawn = match self.drawn {
            Drawn::Not => Drawn::This(self.kernel.draw_turn(cx)),
            Drawn::This(turn) if self.kernel.keep_turn(turn, cx) => Drawn::This(turn),
            Drawn::This(_) | Drawn::Served => Drawn::Served,
        };
        if let Drawn::Served = self.drawn { Poll::Ready(()) } else { Poll::Pending }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Drawn::This(turn) = self.drawn {
            self.kernel.forgo_turn(turn, None);
        }
    }
}

/// What is done in a turn that is nobody's. The ready queue does not keep it: nothing is done once its owner is gone.
pub(super) type Look = Rc<dyn Fn() -> Option<PeerId>>;

/// Makes a look that calls `at` with `of`, if that still exists, and gives control to whom `at` names.
pub(super) fn look<T: 'static>(of: &Weak<T>, at: impl Fn(&T) -> Option<PeerId> + 'static) -> Look {
    let of = Weak::clone(of);
    Rc::new(move || at(&*of.upgrade()?))
}

//! Which of the public types may go to another thread, and which may not.

use std::rc::Rc;

use handover::{Clock, Co, Peer, PeerId, RunError, Sleep, Task, Time, Trampoline, TransferError};

/// Which of the two blanket implementations is meant is decided only for a type that is not `Send`: for one that is,
/// the lines of the test do not compile.
trait Ambiguous<Marker> {
    fn is_not_send() {}
}
impl<T: ?Sized> Ambiguous<()> for T {}
impl<T: ?Sized + Send> Ambiguous<u8> for T {}

fn is_both<T: Send + Sync>() {}

#[test]
fn auto_traits_are_as_promised() {
    is_both::<Peer<Rc<u32>>>();
    is_both::<PeerId>();
    is_both::<Time>();
    is_both::<RunError>();
    is_both::<handover::RunPanic>();
    is_both::<handover::Ended>();
    is_both::<TransferError<u32>>();

    <Co as Ambiguous<_>>::is_not_send();
    <Task<u32> as Ambiguous<_>>::is_not_send();
    <Clock as Ambiguous<_>>::is_not_send();
    <Sleep as Ambiguous<_>>::is_not_send();
    <Trampoline as Ambiguous<_>>::is_not_send();
    <handover::sync::Mutex<u32> as Ambiguous<_>>::is_not_send();
    <handover::sync::MutexGuard<u32> as Ambiguous<_>>::is_not_send();
    <handover::sync::Permit as Ambiguous<_>>::is_not_send();
}

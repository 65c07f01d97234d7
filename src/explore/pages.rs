//! The page that shows two runs side by side and steps through them together, up to where they part.

use super::failure::Failure;

const PAGE: &str = include_str!("side_by_side.html");

/// Makes the page that goes beside `failed.html` and `fifo.html`, which show the events from number `begin` on.
pub(super) fn side_by_side(failure: &Failure, parted: Option<u64>, begin: u64) -> String {
    // Counted from the first event that is shown; of runs that do not part, a number that a script holds exactly.
    let common = parted.map_or(u64::MAX >> 12, |parted| parted - begin);
    let escaped =
        |text: &dyn ToString| text.to_string().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let (schedule, report) = (escaped(failure.schedule()), escaped(failure));
    // The report last: it holds text of the user's, in which nothing is replaced.
    PAGE.replace("{{common}}", &common.to_string()).replace("{{schedule}}", &schedule).replace("{{report}}", &report)
}

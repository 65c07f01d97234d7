//! The trace reader, and every view of what it accepts: none panics, each that has a form keeps it, and what was read is
//! written as it was.
#![no_main]

use handover::trace::Trace;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| {
    let Ok(trace) = serde_json::from_slice::<Trace>(bytes) else { return };
    let transcript = trace.transcript();
    let dropped = usize::from(trace.dropped() > 0);
    assert_eq!(transcript.lines().count(), trace.len() + dropped, "V1: a line for each event");
    for width in [0, 80, usize::MAX] {
        let _ = trace.timeline(width);
    }
    let _ = (trace.mermaid(), trace.svg(), trace.summary().to_string());
    serde_json::from_str::<Value>(&trace.perfetto()).expect("JSON for Perfetto");
    let page = trace.html();
    let (_, data) = page.split_once("id=\"data\">\n").expect("the page has data");
    let (data, _) = data.split_once("\n</script>").expect("the data end");
    serde_json::from_str::<Value>(data).expect("JSON for the page");

    let bare = trace.without_lines();
    for other in [&trace, &bare, &Trace::default()] {
        if let Some(divergence) = trace.diverges_from(other) {
            let _ = divergence.to_string();
        }
    }
    let written = serde_json::to_string(&trace).expect("a trace can be written");
    let read: Trace = serde_json::from_str(&written).expect("what was written can be read");
    assert!(read.diverges_from(&trace).is_none() && read.dropped() == trace.dropped());
});

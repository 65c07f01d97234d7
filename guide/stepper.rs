/// What steps through the runs on a page of the guide: once a page, behind all of them.
macro_rules! stepper {
    () => {
        concat!(
            "<template id=\"handover-stepper\">\n<style>\n",
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/trace/page.css")),
            "</style>\n",
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/trace/stepper.html")),
            "</template>\n\n<script>\n",
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/trace/page.js")),
            "</script>\n"
        )
    };
}

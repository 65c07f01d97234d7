//! Colours for what rustdoc does not colour, by its own classes, so that each of its themes has them: Python, and pieces
//! of Rust that are no program by themselves.

/// What is told apart in a language.
pub(crate) struct Language {
    comment: &'static str,
    keywords: &'static [&'static str],
    known: &'static [&'static str],
    /// The quotes that begin and end a string.
    quotes: &'static [char],
}

pub(crate) const PYTHON: Language = Language {
    comment: "#",
    keywords: &[
        "and", "as", "async", "await", "break", "class", "continue", "def", "elif", "else", "except", "finally", "for",
        "from", "if", "import", "in", "is", "lambda", "not", "or", "pass", "raise", "return", "try", "while", "with",
        "yield",
    ],
    known: &["None", "True", "False"],
    quotes: &['"', '\''],
};

pub(crate) const RUST: Language = Language {
    comment: "//",
    keywords: &[
        "as", "async", "await", "break", "const", "continue", "dyn", "else", "enum", "fn", "for", "if", "impl", "in",
        "let", "loop", "match", "move", "mut", "pub", "ref", "return", "self", "Self", "static", "struct", "trait",
        "type", "use", "where", "while",
    ],
    known: &["None", "Some", "Ok", "Err", "true", "false"],
    quotes: &['"'],
};

/// A line of source as HTML. No string or comment of the guide's goes on in the next line.
pub(crate) fn line(language: &Language, source: &str) -> String {
    let mut html = String::new();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let (class, length) = token(language, rest, first);
        let (text, after) = rest.split_at(length);
        let text = escaped(text);
        if class.is_empty() {
            html += &text;
        } else {
            html.extend(["<span class=\"", class, "\">", &text, "</span>"]);
        }
        rest = after;
    }
    html
}

/// The class of what `rest` begins with, and how long it is.
fn token(language: &Language, rest: &str, first: char) -> (&'static str, usize) {
    let of = |inside: fn(char) -> bool| rest.find(|sign| !inside(sign)).unwrap_or(rest.len());
    if rest.starts_with(language.comment) {
        return (if rest.starts_with("///") { "doccomment" } else { "comment" }, rest.len());
    }
    if rest.starts_with("f\"") || language.quotes.contains(&first) {
        let begin = rest.find(language.quotes).expect("just seen");
        let quote = rest[begin..].chars().next().expect("just seen");
        let end = rest[begin + 1..].find(quote).expect("a string ends in its line");
        return ("string", begin + end + 2);
    }
    if first == '\'' {
        // A lifetime. No character of the guide's stands in quotes.
        let length = 1 + rest[1..].find(|sign: char| !sign.is_alphanumeric()).unwrap_or(rest.len() - 1);
        return ("lifetime", length);
    }
    if first.is_ascii_digit() {
        return ("number", of(|sign| sign.is_ascii_alphanumeric() || sign == '_'));
    }
    if first.is_alphabetic() || first == '_' {
        let length = of(|sign| sign.is_alphanumeric() || sign == '_');
        let word = &rest[..length];
        return if language.keywords.contains(&word) {
            ("kw", length)
        } else if language.known.contains(&word) {
            ("bool-val", length)
        } else if rest[length..].starts_with("!(") || rest[length..].starts_with("![") {
            ("macro", length + 1)
        } else {
            ("", length)
        };
    }
    ("", first.len_utf8())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Lines of HTML as a block that stands alone in Markdown: it goes on to the first empty line, so there is none.
pub(crate) fn block(class: &str, lines: impl IntoIterator<Item = String>) -> String {
    let lines: Vec<String> = lines.into_iter().collect();
    let text = lines.join("\n").replace("\n\n", "\n&#10;");
    assert!(!text.contains("\n\n"), "one empty line at a time");
    format!(
        "<div class=\"example-wrap\"><pre class=\"rust rust-example-rendered{class}\"><code>{text}</code></pre></div>\n"
    )
}

/// The source of a program, or of a part of one.
pub(crate) fn source<'a>(language: &Language, lines: impl IntoIterator<Item = &'a str>) -> String {
    block("", lines.into_iter().map(|source| line(language, source)))
}

/// A diff, of lines that begin with `+`, `-` or a blank.
pub(crate) fn diff(text: &str) -> String {
    let lines = text.lines().skip_while(|source| source.is_empty()).map(|source| {
        let (sign, code) = source.split_at(source.len().min(2));
        let html = format!("{sign}{}", line(&RUST, code));
        match sign.trim_end() {
            "+" => format!("<ins>{html}</ins>"),
            "-" => format!("<del>{html}</del>"),
            _ => html,
        }
    });
    let style = "<style>.example-wrap .diff :is(code,ins,del){display:inline-block;min-width:100%;text-decoration:none}\
                 .diff ins{background:#2ea04340}.diff del{background:#f8514940}</style>";
    format!("{style}\n{}", block(" diff", lines))
}

//! Text of the user's, as it may stand in a report or a view: it can forge nothing (rule V1).

use std::fmt::{self, Write};

/// How many letters of a name are shown: it may stand in a view once for every event.
const LONGEST_NAME: usize = 100;

/// Text of the user's in one line. What would break the line, reverse its direction, hide in it, or end the quotation is
/// escaped, and nothing else. Every name and text that is printed or drawn goes through here first.
///
/// In quotes a backslash is escaped, too, or it could undo the escape of the quote after it.
#[derive(Clone, Copy)]
pub(crate) struct Plain<'a> {
    text: &'a str,
    within: Within,
    longest: usize,
}

/// How many letters of a file's path are shown: it may stand in a view as often as a name.
const LONGEST_PATH: usize = 500;

/// What the text is set off by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    /// Two of these quotes, which are written with it.
    Quotes(char),
    /// Blanks: it must not hold two of them in a row, which separate columns.
    Blanks,
    /// Nothing, as it stands alone.
    Nothing,
}

impl<'a> Plain<'a> {
    /// A text that stands alone: at the end of a line, or in a field of its own.
    pub(crate) fn text(text: &'a str) -> Self {
        Plain { text, within: Within::Nothing, longest: usize::MAX }
    }

    /// A text in these quotes.
    pub(crate) fn quoted(text: &'a str, quote: char) -> Self {
        Plain { text, within: Within::Quotes(quote), longest: usize::MAX }
    }

    /// A name among other words: only the beginning of it, if it is very long.
    pub(crate) fn name(name: &'a str) -> Self {
        Plain { text: name, within: Within::Blanks, longest: LONGEST_NAME }
    }

    /// The path of a file among other words.
    pub(crate) fn path(path: &'a str) -> Self {
        Plain { text: path, within: Within::Blanks, longest: LONGEST_PATH }
    }

    /// A name in backticks, as in every report.
    pub(crate) fn quoted_name(name: &'a str) -> Self {
        Plain { text: name, within: Within::Quotes('`'), longest: LONGEST_NAME }
    }
}

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Within::Quotes(quote) = self.within {
            f.write_char(quote)?;
        }
        let mut chars = self.text.chars().peekable();
        let mut former = ' ';
        for _ in 0..self.longest {
            let Some(c) = chars.next() else { break };
            let parts = c == ' ' && (former == ' ' || chars.peek().is_none());
            match self.within {
                _ if is_unseen(c) => write!(f, "{}", c.escape_default())?,
                Within::Blanks if parts || c != ' ' && c.is_whitespace() => {
                    write!(f, "{}", c.escape_unicode())?;
                }
                Within::Quotes(quote) if c == quote || c == '\\' => write!(f, "\\{c}")?,
                _ => f.write_char(c)?,
            }
            former = c;
        }
        if chars.peek().is_some() {
            f.write_char('~')?;
        }
        if let Within::Quotes(quote) = self.within { f.write_char(quote) } else { Ok(()) }
    }
}

/// Whether this breaks a line, reverses its direction, or is not seen in it. The characters that join and separate letters of
/// some scripts and emoji are not among these.
pub(crate) fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
        )
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}')
        || matches!(c, '\u{fff0}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn v1_what_breaks_or_turns_a_line_or_hides_in_it_is_escaped() {
        let shown = |text| Plain::text(text).to_string();
        assert_eq!(shown("a\nb\r\n\tc\u{85}\u{2028}\0\u{1b}[2K"), r"a\nb\r\n\tc\u{85}\u{2028}\u{0}\u{1b}[2K");
        assert_eq!(
            shown("\u{202e}\u{2067}\u{200b}\u{feff}\u{e0041}\u{ad}"),
            r"\u{202e}\u{2067}\u{200b}\u{feff}\u{e0041}\u{ad}"
        );
        assert_eq!(shown("커피 👩\u{200d}🍳 \"quotes\" `ticks`  <b>"), "커피 👩\u{200d}🍳 \"quotes\" `ticks`  <b>");
        assert_eq!(shown(r"C:\new"), r"C:\new");
    }

    #[test]
    fn v1_no_text_ends_its_quotation_and_no_name_parts_a_column() {
        assert_eq!(Plain::quoted("say \"hi\"  at x.rs:1", '"').to_string(), "\"say \\\"hi\\\"  at x.rs:1\"");
        assert_eq!(Plain::quoted(r#"x\"  at"#, '"').to_string(), r#""x\\\"  at""#);
        assert_eq!(Plain::quoted_name("a` waits for `b").to_string(), r"`a\` waits for \`b`");
        assert_eq!(
            Plain::name("  a  b c\u{a0}\u{3000}\t ").to_string(),
            r"\u{20}\u{20}a \u{20}b c\u{a0}\u{3000}\t\u{20}"
        );
        assert_eq!(Plain::path("C:\\my src\\x.rs\n  at").to_string(), r"C:\my src\x.rs\n \u{20}at");
        assert_eq!(Plain::name(" ").to_string(), r"\u{20}");
        assert_eq!(Plain::name("").to_string(), "");
    }

    #[test]
    fn v1_a_name_is_cut_and_a_text_is_not() {
        let long = "커".repeat(101);
        assert_eq!(Plain::name(&long[3..]).to_string(), "커".repeat(100));
        assert_eq!(Plain::name(&long).to_string(), "커".repeat(100) + "~");
        assert_eq!(Plain::quoted_name(&long).to_string(), format!("`{}~`", "커".repeat(100)));
        assert_eq!(Plain::text(&long).to_string(), long);
    }
}

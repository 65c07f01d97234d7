//! In which language an example speaks: English, or Korean where `--lang ko` or `--ko` asks for that.

/// In which language it speaks.
#[derive(Clone, Copy, Default, PartialEq)]
pub(crate) enum Language {
    #[default]
    English,
    Korean,
}

impl Language {
    /// The one that is asked for. To be known first, for what is said of the other arguments.
    pub(crate) fn wanted(arguments: &[String]) -> Self {
        let is_korean = |pair: &[String]| pair[0] == "--lang" && pair[1] == "ko";
        let asked = arguments.iter().any(|argument| argument == "--ko") || arguments.windows(2).any(is_korean);
        if asked { Language::Korean } else { Language::English }
    }

    /// One of two texts that say the same.
    pub(crate) fn of<T>(self, english: T, korean: T) -> T {
        if self == Language::English { english } else { korean }
    }

    /// Refuses what is no language, of what came behind `--lang`.
    pub(crate) fn check(self, named: Option<&str>) -> Result<(), String> {
        match named {
            Some("en" | "ko") => Ok(()),
            _ => Err(self.of("`--lang` is `en` or `ko`", "`--lang`은 `en`이나 `ko`입니다").into()),
        }
    }
}

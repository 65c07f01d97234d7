//! Peers of one name in one report are told apart by their ids.

use crate::base::Map;
use crate::base::peer::PeerId;
use crate::base::state::Who;
use crate::text::plain::Plain;

/// How many letters of a name are kept before its id, so that the whole is no longer than any name that is shown.
const ROOM: usize = 70;

/// Adds its id to the name of each peer that shares the name with another of these. Names that are no peer's stay as they are.
pub(crate) fn tell_apart(mut whos: Vec<&mut Who>) {
    whos.retain(|who| who.id != PeerId::NOBODY);
    let shown = |who: &Who| Plain::name(&who.name).to_string();
    let mut only: Map<String, Option<PeerId>> = Map::default(); // whose a name is, if it is only one's
    for who in &whos {
        only.entry(shown(who)).and_modify(|only| *only = only.filter(|id| *id == who.id)).or_insert(Some(who.id));
    }
    for who in whos {
        if only[&shown(who)].is_none() {
            let cut = who.name.char_indices().nth(ROOM).map_or(&*who.name, |(end, _)| &who.name[..end]);
            let dots = if cut.len() < who.name.len() { "~" } else { "" };
            who.name = format!("{cut}{dots} {}", who.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::num::NonZeroU32;

    fn who(index: u32, name: &str) -> Who {
        Who { id: PeerId::new(index, NonZeroU32::MIN), name: name.to_string() }
    }

    #[test]
    fn only_different_peers_of_one_name_are_marked() {
        let long = "n".repeat(65_536);
        let mut whos = [who(0, "a"), who(1, "a"), who(2, "b"), who(2, "b"), who(3, &long), who(4, &long)];
        tell_apart(whos.iter_mut().collect());
        let cut = "n".repeat(ROOM);
        let names = whos.map(|who| who.name);
        let expected = ["a 0v1", "a 1v1", "b", "b", &format!("{cut}~ 3v1"), &format!("{cut}~ 4v1")];
        assert_eq!(names, expected.map(String::from));
    }
}

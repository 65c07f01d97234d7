//! Peers of one name in one report are told apart by their ids.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::base::peer::PeerId;
use crate::base::state::Who;
use crate::text::plain::Plain;

/// How many letters of a name are kept before its id, so that the whole is no longer than any name that is shown.
const ROOM: usize = 70;

/// Adds its id to the name of each peer that shares the name with another of these. Names that are no peer's stay as they are.
///
/// Names are told by their hashes. Of two that have one hash by chance, both get an id, which does no harm.
pub(crate) fn tell_apart(mut whos: Vec<&mut Who>) {
    whos.retain(|who| who.id != PeerId::NOBODY);
    let mut names = vec![];
    for (nth, who) in whos.iter().enumerate() {
        let mut hasher = DefaultHasher::new();
        Plain::name(&who.name).to_string().hash(&mut hasher);
        names.push((hasher.finish(), nth));
    }
    names.sort_unstable();
    for same in names.chunk_by(|(one, _), (other, _)| one == other) {
        let is_shared = same.iter().any(|&(_, nth)| whos[nth].id != whos[same[0].1].id);
        for &(_, nth) in if is_shared { same } else { &[] } {
            add_id(whos[nth]);
        }
    }
}

fn add_id(who: &mut Who) {
    let cut = who.name.char_indices().nth(ROOM).map_or(&*who.name, |(end, _)| &who.name[..end]);
    let dots = if cut.len() < who.name.len() { "~" } else { "" };
    who.name = format!("{cut}{dots} {}", who.id);
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

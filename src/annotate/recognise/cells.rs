//! Cell lines that are named as such: "T98G cells" is no exchange of amino acids.

use super::super::passages::PassageText;
use super::dictionary::{NameMatch, Profile, is_in_case};
use crate::model::EntityType;

/// What stands behind the name of a cell line, folded.
const BEHIND: &[&str] = &["cell", "line"];
/// The least bytes of such a name: shorter ones are kinds of cells ("T cells").
const NAME_BYTES_MIN: usize = 4;

/// Whether names of that profile are cell lines'.
pub(super) const fn may_be_named(profile: &Profile) -> bool {
    is_in_case(profile.qualities[EntityType::CellLine as usize])
}

/// Whether a name is one of a cell line that has letters and digits, as codes have, with "cells" right behind.
pub(super) fn is_named(passage: &PassageText<'_>, name: &NameMatch) -> bool {
    if !may_be_named(&name.profile) || !BEHIND.contains(&passage.folded.folded(name.end)) {
        return false;
    }
    let written = passage.slice(passage.span(name.first, name.end));
    let has = |is: fn(&u8) -> bool| written.bytes().any(|byte| is(&byte));
    // markers stand before "cells" as well
    written.len() >= NAME_BYTES_MIN
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_uppercase)
        && !written.starts_with("CD")
        && !written.starts_with("Th")
}

#[cfg(test)]
mod tests {
    use super::super::dictionary::{PRESENT, SAME_CASE};
    use super::*;
    use crate::catalog::Catalog;

    #[test]
    fn codes_before_cells_are_cell_lines() {
        let group = Catalog::embedded().unwrap().names().exact("HeLa").unwrap();
        let mut profile = Profile::default();
        profile.qualities[EntityType::CellLine as usize] = PRESENT | SAME_CASE;
        for (text, tokens, expected) in [
            ("T98G cells", 3, true),
            ("T98G cell line", 3, true),
            ("T98G mutation", 3, false),
            ("T98G", 3, false),
            ("CD34 cells", 2, false),
            ("HeLa cells", 1, false),
            ("K56 cells", 2, false),
        ] {
            let passage = PassageText::new(text);
            let name = NameMatch { first: 0, end: tokens, group, profile };
            assert_eq!(is_named(&passage, &name), expected, "{text}");
        }
    }
}

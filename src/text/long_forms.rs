//! Where a long form in ASCII may begin, told by the 64 bytes before its end at a time: mostly it is near, or nowhere.

use super::masks::{BLOCK_BYTES, Masks, any_of, between};

/// Where a long form may begin by the letters of its short form, and by the initials of its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Starts {
    /// By all letters, from right to left.
    pub start: usize,
    /// By the initials, if they are those of the last words.
    pub initials: Option<usize>,
}

/// The last bytes of a window, the last one at the highest bit; what stands before a shorter window is like white space.
struct End {
    block: [u8; BLOCK_BYTES],
    /// Where a letter or digit stands before, so that no word begins.
    inside: u64,
    /// Where words begin as white space cuts them.
    words: u64,
    /// Where they begin as white space and hyphens do.
    parts: u64,
    /// Whether all of the window is in the block.
    is_whole: bool,
    /// How many bytes of the window stand before the block, modulo 2^64.
    before: usize,
}

impl End {
    /// That of a window, if it is in ASCII.
    #[inline]
    fn of(window: &[u8]) -> Option<Self> {
        let before = window.len().wrapping_sub(BLOCK_BYTES);
        let mut block = [b' '; BLOCK_BYTES];
        let mut border = b' ';
        if let Some((rest, last)) = window.split_last_chunk() {
            block = *last;
            border = rest.last().copied().unwrap_or(b' ');
        } else if let Some(room) = block.get_mut(BLOCK_BYTES - window.len()..) {
            room.copy_from_slice(window);
        }
        let Masks { letters, digits, wide } = Masks::of(&block);
        if wide != 0 || !border.is_ascii() {
            return None;
        }
        let spaces = any_of(&block, [b' ']) | between(&block, b'\t', b'\r');
        let borders = spaces | any_of(&block, [b'-']);
        let is_space = matches!(border, b' ' | b'\t'..=b'\r');
        let words = !spaces & (spaces << 1 | u64::from(is_space));
        let parts = !borders & (borders << 1 | u64::from(is_space || border == b'-'));
        let inside = (letters | digits) << 1 | u64::from(border.is_ascii_alphanumeric());
        Some(Self { block, inside, words, parts, is_whole: window.len() <= BLOCK_BYTES, before })
    }

    /// The place of a bit in the window.
    #[inline]
    const fn place(&self, bit: u32) -> usize {
        self.before.wrapping_add(bit as usize)
    }

    /// Where the last words begin whose initials a short form has, if they have them; `None` where they are not all in the block.
    #[inline]
    fn initials_start(&self, short_form: &[u8]) -> Option<Option<usize>> {
        let nothing = self.is_whole.then_some(None);
        let mut at = u64::BITS;
        for letter in letters_of(short_form) {
            let Some(part) = last_before(self.parts, at) else { return nothing };
            let initial = self.block.get(part as usize);
            if !initial.is_some_and(|initial| initial.eq_ignore_ascii_case(&letter)) {
                return Some(None);
            }
            at = part;
        }
        last_before(self.words, at + 1).map(|start| Some(self.place(start)))
    }
}

/// The highest bit below another.
#[inline]
const fn last_before(bits: u64, end: u32) -> Option<u32> {
    (bits & u64::MAX.unbounded_shr(u64::BITS - end)).checked_ilog2()
}

/// Where the long form of `short_form`, which is in ASCII, begins that ends with `window` and has so many words at most; `None` where
/// what is to be read is not in the last bytes, or not in ASCII.
pub(super) fn starts_at_end(window: &[u8], short_form: &[u8], words_limit: usize) -> Option<Option<Starts>> {
    let end = End::of(window)?;
    // what begins before the block has all words of it, and one more
    let is_near = end.is_whole || end.words.count_ones() as usize >= words_limit;
    let nothing = is_near.then_some(None);
    let mut letters = letters_of(short_form).peekable();
    let mut at = u64::BITS;
    while let Some(letter) = letters.next() {
        let same = any_of(&end.block, [letter.to_ascii_lowercase(), letter.to_ascii_uppercase()]);
        // the first one stands at the start of a word
        let fits = if letters.peek().is_some() { same } else { same & !end.inside };
        let Some(found) = last_before(fits, at) else { return nothing };
        at = found;
    }
    if at == u64::BITS {
        return Some(None);
    }
    let start = last_before(end.words, at + 1)?;
    if (end.words >> start).count_ones() as usize > words_limit {
        return Some(None);
    }
    Some(Some(Starts { start: end.place(start), initials: end.initials_start(short_form)? }))
}

/// The letters and digits of a short form, from the last one on.
fn letters_of(short_form: &[u8]) -> impl Iterator<Item = u8> {
    short_form.iter().rev().copied().filter(u8::is_ascii_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_forms_are_found_at_the_end() {
        let starts = |start, initials| Some(Some(Starts { start, initials }));
        for (window, short, expected) in [
            ("the heat shock protein", "HSP", starts(4, Some(4))),
            ("mouse mammary tumours", "MM", starts(6, None)),
            ("a T-cell-type tumour", "TCTT", starts(2, Some(2))),
            ("nothing of it", "HSP", Some(None)),
            ("", "HSP", Some(None)),
            ("heat", "-", Some(None)),
            ("h\u{e9}at shock protein", "HSP", None),
        ] {
            assert_eq!(starts_at_end(window.as_bytes(), short.as_bytes(), 6), expected, "{window}");
        }
        let far = format!("heat {} shock protein", "x".repeat(BLOCK_BYTES));
        assert_eq!(starts_at_end(far.as_bytes(), b"HSP", 6), None);
        assert_eq!(starts_at_end(far.as_bytes(), b"HSP", 2), Some(None));
    }
}

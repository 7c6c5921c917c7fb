//! What a word begins: the names that it is by itself, and those that go on from it.

use xxhash_rust::xxh3::xxh3_64;

use crate::catalog::NameIndex;

/// Words that a word is asked to go on with, until it is learnt which it may go on with: the keys of a rare word are not worth
/// the reading.
const ASKED_MIN: u8 = 8;
/// In the place of how often a word was asked, before anything is known of it.
const UNASKED: u8 = u8::MAX;
/// The most keys of a word that are read for that; of one with more any word may follow.
const KEYS_READ_LIMIT: usize = 1024;
/// The bits that tell which words may follow.
const SECOND_BITS: usize = 64 * SECOND_WORDS;
const SECOND_WORDS: usize = 6;

/// The bits of a [`Glance`].
const BIT_MASK: u16 = 0x1ff;
const KNOWN: u16 = 1 << 9;
const NAMED: u16 = 1 << 10;
const CONTINUES: u16 = 1 << 11;
const _: () = assert!(SECOND_BITS <= BIT_MASK as usize + 1);

/// What is asked of every word, in few bytes: whether anything is known of it, whether it is a name and whether names go on from it, and
/// its bit as a second word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Glance(u16);

impl Glance {
    /// That of a word that nothing is known of.
    pub(super) const UNKNOWN: Self = Self(0);
    /// The signs of what is known, of a name, and of a word that names go on from.
    pub(super) const KNOWN_SIGN: u8 = Self(KNOWN).signs();
    pub(super) const NAMED_SIGN: u8 = Self(NAMED).signs();
    pub(super) const CONTINUES_SIGN: u8 = Self(CONTINUES).signs();

    /// All but the bit as a second word, in the lowest bits.
    #[inline]
    pub(super) const fn signs(self) -> u8 {
        (self.0 >> BIT_MASK.count_ones()) as u8
    }

    #[inline]
    pub(super) const fn is_known(self) -> bool {
        self.0 & KNOWN != 0
    }

    /// Whether it is a name by itself.
    #[cfg(test)]
    pub(super) const fn is_named(self) -> bool {
        self.0 & NAMED != 0
    }

    /// Whether longer names go on from it.
    #[cfg(test)]
    pub(super) const fn continues(self) -> bool {
        self.0 & CONTINUES != 0
    }
}

/// What a word begins and is by itself, in one line of memory.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(super) struct Beginning {
    /// The hash of the names that begin with it.
    pub hash: u64,
    /// Which words may follow it in a name: a bit for each [`Self::own_bit`].
    seconds: [u64; SECOND_WORDS],
    /// The place of its own name among those kept, plus one; 0 where it is none.
    pub name: u32,
    /// Its bit as a second word.
    own_bit: u16,
    /// How often it was asked what goes on from it, up to [`ASKED_MIN`] and one more; [`UNASKED`] where nothing is known of it yet.
    asked: u8,
    /// Whether longer names go on from it.
    pub continues: bool,
}

const _: () = assert!(size_of::<Beginning>() == 64);

impl Default for Beginning {
    fn default() -> Self {
        Self::UNKNOWN
    }
}

impl Beginning {
    /// That of a word that nothing is known of.
    pub(super) const UNKNOWN: Self = Self {
        hash: 0,
        seconds: [u64::MAX; SECOND_WORDS],
        name: 0,
        own_bit: 0,
        asked: UNASKED,
        continues: false,
    };

    /// That of a word of that folded form of which no name is known to begin.
    pub(super) fn of(folded: &str) -> Self {
        Self { own_bit: bit_of(folded.as_bytes()), asked: 0, ..Self::UNKNOWN }
    }

    /// What is asked of it first.
    pub(super) fn glance(&self) -> Glance {
        if self.asked == UNASKED {
            return Glance::default();
        }
        let named = if self.name == 0 { 0 } else { NAMED };
        let continues = if self.continues { CONTINUES } else { 0 };
        Glance(self.own_bit | KNOWN | named | continues)
    }

    /// Whether a name may go on from it with that word, if any goes on from it. Of one that nothing is known of it may.
    #[inline]
    pub(super) fn may_go_on_with(&self, second: Glance) -> bool {
        let bit = usize::from(second.0 & BIT_MASK);
        // no branch by branch: none can be foretold
        !second.is_known() | (self.seconds.get(bit / 64).copied().unwrap_or(0) >> (bit % 64) & 1 == 1)
    }

    /// Counts that it was asked, and says whether it is time to [learn](Self::learn).
    #[inline]
    pub(super) fn is_asked(&mut self) -> bool {
        let before = self.asked;
        self.asked = before.saturating_add(u8::from(before <= ASKED_MIN));
        before == ASKED_MIN
    }

    /// Reads which words follow it in names; it is the one of that folded form.
    #[cold]
    pub(super) fn learn(&mut self, names: NameIndex<'_>, folded: &str) {
        let mut seconds = [0; SECOND_WORDS];
        let is_read = names.each_second_token(folded, KEYS_READ_LIMIT, |second| {
            let bit = usize::from(bit_of(second));
            seconds[bit / 64] |= 1 << (bit % 64);
        });
        if is_read {
            self.seconds = seconds;
        }
    }
}

/// The bit of a folded word as a second one.
fn bit_of(folded: &[u8]) -> u16 {
    (xxh3_64(folded) % SECOND_BITS as u64) as u16
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    #[test]
    fn words_that_go_on_stay_possible() {
        let catalog = Catalog::embedded().unwrap();
        let names = catalog.names();
        let (mut learnt, mut left_out) = (0, 0);
        for first in ["breast", "acute", "type", "insulin", "cell", "the"] {
            let Some(step) = names.step(names.root(), first) else { continue };
            let mut own = Beginning { hash: step.hash, continues: step.continues, ..Beginning::of(first) };
            let unlearnt = own;
            own.learn(names, first);
            learnt += usize::from(own.seconds != unlearnt.seconds);
            for second in ["cancer", "kidney", "receptor", "1", "2", "of", "and", "with", "diabetes", "line"]
            {
                let goes_on = names.step(step.hash, second).is_some();
                let second = Beginning::of(second).glance();
                assert!(!goes_on || own.may_go_on_with(second));
                assert!(unlearnt.may_go_on_with(second) && second.is_known());
                left_out += usize::from(!own.may_go_on_with(second));
            }
            assert!(own.may_go_on_with(Beginning::UNKNOWN.glance()));
            assert_eq!(own.glance().continues(), step.continues);
        }
        assert!(learnt > 2 && left_out > 10, "{learnt} {left_out}");
    }

    #[test]
    fn it_is_time_to_learn_once() {
        let mut own = Beginning::of("cell");
        let times: Vec<usize> = (0..1000).filter(|_| own.is_asked()).collect();
        assert_eq!(times, [usize::from(ASKED_MIN)]);
    }
}

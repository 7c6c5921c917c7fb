//! What the dictionary says of one piece: for every type where in a name it stands, and how the name matches.

use super::dictionary::{Quality, TYPES};

/// Bits of a place in a name.
const PLACE_BITS: usize = 3;
const PLACE_MASK: u64 = (1 << PLACE_BITS) - 1;
/// Qualities in one number.
const QUALITIES: usize = (u64::BITS / Quality::BITS) as usize;
/// Room for the qualities of all types.
pub(crate) const QUALITIES_ROOM: usize = 2 * QUALITIES;
const _: () = assert!(TYPES * PLACE_BITS <= u64::BITS as usize && TYPES <= QUALITIES_ROOM);

/// The places of eight types that stand in a name, the first place of each, by their bits.
const FIRST_PLACES: [u64; 256] = {
    let mut places = [0; 256];
    let mut types = 0;
    while types < places.len() {
        let mut of = 0;
        while of < 8 {
            places[types] |= (types as u64 >> of & 1) << (PLACE_BITS * of);
            of += 1;
        }
        types += 1;
    }
    places
};

/// What the dictionary says of one piece as one of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tag {
    /// Where in the name it stands, from 1.
    pub place: u8,
    /// How the name matches.
    pub quality: Quality,
}

/// The tags of a piece, by type.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) struct Tags {
    places: u64,
    qualities: [u64; 2],
}

impl Tags {
    /// Adds the tag of a type that has none yet.
    pub(crate) fn add(&mut self, of: usize, tag: Tag) {
        self.places |= u64::from(tag.place) << (PLACE_BITS * of);
        self.qualities[of / QUALITIES] |=
            u64::from(tag.quality) << (Quality::BITS as usize * (of % QUALITIES));
    }

    /// Adds the tags of some types, as bits, that have none yet and stand at one place. Other types have no quality.
    #[inline]
    pub(crate) fn add_all(&mut self, types: u16, place: u8, qualities: [Quality; QUALITIES_ROOM]) {
        let [low, high] = types.to_le_bytes().map(|types| FIRST_PLACES[usize::from(types)]);
        self.places |= (low | high << (8 * PLACE_BITS)) * u64::from(place);
        let (qualities, _) = qualities.as_chunks();
        for (own, qualities) in self.qualities.iter_mut().zip(qualities) {
            *own |= u64::from_le_bytes(*qualities);
        }
    }

    /// The places in names of all types as one number, three bits each; 0 where no name covers the piece.
    pub(crate) const fn places(&self) -> u64 {
        self.places
    }

    /// A number of few bits that differs for most tags.
    pub(crate) const fn mixed(&self) -> u64 {
        let [one, other] = self.qualities;
        (self.places ^ one.rotate_left(29) ^ other.rotate_left(47)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 48
    }

    /// Whether a name of a type covers the piece.
    pub(crate) const fn has(&self, of: usize) -> bool {
        self.places >> (PLACE_BITS * of) & PLACE_MASK != 0
    }

    /// The types of the names that cover the piece, and the tags.
    pub(crate) fn each(&self) -> impl Iterator<Item = (usize, Tag)> + use<> {
        let Self { mut places, qualities } = *self;
        std::iter::from_fn(move || {
            let of = (places != 0).then(|| places.trailing_zeros() as usize / PLACE_BITS)?;
            let place = (places >> (PLACE_BITS * of) & PLACE_MASK) as u8;
            places &= !(PLACE_MASK << (PLACE_BITS * of));
            let quality = qualities[of / QUALITIES] >> (Quality::BITS as usize * (of % QUALITIES));
            Some((of, Tag { place, quality: quality as Quality }))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_come_back_by_their_types() {
        let mut tags = Tags::default();
        assert_eq!((tags.places(), tags.each().count()), (0, 0));
        let all = [(0, 1, 0x80), (7, 4, 0xff), (8, 3, 0x81), (TYPES - 1, 2, 0xfe)];
        let all = all.map(|(of, place, quality)| (of, Tag { place, quality }));
        all.iter().rev().for_each(|(of, tag)| tags.add(*of, *tag));
        assert_eq!(tags.each().collect::<Vec<_>>(), all);
        assert_eq!(tags.places(), 1 | 4 << 21 | 3 << 24 | 2 << (3 * (TYPES - 1)));
        let has: Vec<usize> = (0..TYPES).filter(|of| tags.has(*of)).collect();
        assert_eq!(has, all.map(|(of, _)| of));
        for place in 1..=4 {
            let (mut one_by_one, mut at_once) = (Tags::default(), Tags::default());
            let mut qualities = [0; QUALITIES_ROOM];
            for (of, Tag { quality, .. }) in all {
                one_by_one.add(of, Tag { place, quality });
                qualities[of] = quality;
            }
            at_once.add_all(has.iter().fold(0, |types, of| types | 1 << of), place, qualities);
            assert_eq!(at_once, one_by_one);
        }
    }
}

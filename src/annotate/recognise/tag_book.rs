//! What the dictionary said of pieces before, with the sums of the weights of the features that it gives.

use rustc_hash::FxHashMap;

use super::features::{each_feature_beside_tags, each_tag_feature};
use super::table::{SUM_LANES, SumRows, Table, lanes_of, subtract_sums};
use super::tags::Tags;

/// Tags that were met before, with the sums of the weights of the features that they give.
#[derive(Debug, Default)]
pub(crate) struct TagBook {
    numbers: FxHashMap<Tags, u32>,
    /// Some of them again, each at the place that its hash gives it: mostly the same few are asked for.
    recent: Vec<(Tags, u32)>,
    sums: Vec<TagSums>,
}

/// What tags sum up to: for the piece after one that has them, for the one that has them, less what a piece without tags is given,
/// and for the one before.
pub(crate) type TagSums = SumRows<{ lanes_of(3) }>;

/// How many of them are looked at first.
const RECENT: usize = 2_048;
/// The most sets of tags that are kept.
const TAGS_LIMIT: usize = 1 << 14;

impl TagBook {
    /// Forgets all, for another model.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Forgets the tags when there are too many. Numbers given before are void then.
    pub(crate) fn make_room(&mut self) {
        if self.sums.len() >= TAGS_LIMIT {
            self.clear();
        }
    }

    /// The number of tags; what they sum up to comes nearer.
    #[inline]
    pub(crate) fn look_towards(&mut self, table: &Table, tags: &Tags) -> u32 {
        let number = self.number(table, tags);
        TagSums::look_towards(&self.sums, number as usize);
        number
    }

    /// The number of tags.
    #[inline]
    fn number(&mut self, table: &Table, tags: &Tags) -> u32 {
        let place = tags.mixed() as usize % RECENT;
        match self.recent.get(place) {
            Some((own, number)) if own == tags && tags.places() != 0 => *number,
            _ => self.number_not_recent(table, tags, place),
        }
    }

    #[inline(never)]
    fn number_not_recent(&mut self, table: &Table, tags: &Tags, place: usize) -> u32 {
        let number = self.number_of_all(table, tags);
        self.recent.resize(RECENT, (Tags::default(), 0));
        self.recent[place] = (*tags, number);
        number
    }

    fn number_of_all(&mut self, table: &Table, tags: &Tags) -> u32 {
        if let Some(number) = self.numbers.get(tags) {
            return *number;
        }
        let number = self.sums.len() as u32;
        self.sums.push(SumRows::summed(|at, sums| {
            let add = |feature| table.add(feature, &mut *sums);
            match at {
                0 => each_feature_beside_tags(tags, true, add),
                1 => {
                    each_tag_feature(tags, add);
                    let mut untagged = [0; SUM_LANES];
                    each_tag_feature(&Tags::default(), |feature| table.add(feature, &mut untagged));
                    subtract_sums(sums, &untagged);
                }
                _ => each_feature_beside_tags(tags, false, add),
            }
        }));
        self.numbers.insert(*tags, number);
        number
    }

    /// What tags sum up to. Every piece is given what one without tags is, with its shape ([`super::lexicon::Lexicon::shape_sums`]).
    #[inline]
    pub(crate) fn rows(&self, number: u32) -> &TagSums {
        &self.sums[number as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::super::tags::Tag;
    use super::*;

    #[test]
    fn tags_are_forgotten_at_the_bound() {
        let table = Table::build(&[]);
        let mut book = TagBook::default();
        let tags = |number: usize| -> Tags {
            let mut tags = Tags::default();
            tags.add(0, Tag { place: 1, quality: (number % 256) as u8 });
            tags.add(1, Tag { place: 1, quality: (number / 256) as u8 });
            tags
        };
        for number in 1..TAGS_LIMIT {
            book.number(&table, &tags(number));
        }
        book.make_room();
        assert_eq!(book.sums.len(), TAGS_LIMIT - 1);
        assert_eq!(book.number(&table, &tags(0)) as usize, TAGS_LIMIT - 1);
        book.make_room();
        assert!(book.sums.is_empty() && book.numbers.is_empty());
        assert_eq!(book.number(&table, &tags(0)), 0);
    }
}

//! Mistakes of many documents by kind, the most frequent first.

use std::collections::HashMap;

use super::mistakes::{Mistake, MistakeKind};

/// All mistakes of a kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Group<'a> {
    /// The kind.
    pub kind: MistakeKind,
    /// How many there are.
    pub count: usize,
    /// Some of them, the most frequent first; those that are as frequent in the order they came in.
    pub examples: Vec<Example<'a>>,
}

/// A mistake and how often it was made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Example<'a> {
    /// The first of them.
    pub mistake: Mistake<'a>,
    /// How many are of the same text, whatever its case, with the same identifiers and the same answer.
    pub count: usize,
}

/// What makes mistakes of a kind the same.
#[derive(PartialEq, Eq, Hash)]
struct Key<'a> {
    text: String,
    gold: &'a [String],
    found: Option<(String, &'a str)>,
}

impl<'a> Key<'a> {
    fn of(mistake: &Mistake<'a>) -> Self {
        Self {
            text: mistake.text.to_lowercase(),
            gold: mistake.gold.map_or(&[], |mention| &mention.ids),
            found: mistake.found.map(|found| (found.text.to_lowercase(), found.entity_id.as_str())),
        }
    }
}

/// The mistakes by kind, in the order of [`MistakeKind::ALL`], kinds that none is of left out; of each at most
/// `example_limit` examples.
pub fn group<'a>(mistakes: &[Mistake<'a>], example_limit: usize) -> Vec<Group<'a>> {
    let of_kind = |kind| {
        let own: Vec<Mistake<'a>> = mistakes.iter().filter(|mistake| mistake.kind == kind).copied().collect();
        (!own.is_empty()).then(|| Group { kind, count: own.len(), examples: examples(&own, example_limit) })
    };
    MistakeKind::ALL.into_iter().filter_map(of_kind).collect()
}

fn examples<'a>(mistakes: &[Mistake<'a>], limit: usize) -> Vec<Example<'a>> {
    let mut examples: Vec<Example<'a>> = Vec::new();
    let mut places: HashMap<Key<'a>, usize> = HashMap::new();
    for mistake in mistakes {
        let place = *places.entry(Key::of(mistake)).or_insert_with(|| {
            examples.push(Example { mistake: *mistake, count: 0 });
            examples.len() - 1
        });
        examples[place].count += 1;
    }
    // The sort is stable.
    examples.sort_by_key(|example| std::cmp::Reverse(example.count));
    examples.truncate(limit);
    examples
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistake(kind: MistakeKind, text: &'static str) -> Mistake<'static> {
        Mistake { kind, document: "1", text, gold: None, found: None, rank: None }
    }

    #[test]
    fn mistakes_are_grouped_by_kind_and_the_frequent_ones_shown() {
        use MistakeKind::{MissedType, Spurious};
        let mistakes = [
            mistake(Spurious, "cell"),
            mistake(Spurious, "MICE"),
            mistake(MissedType, "ALS"),
            mistake(Spurious, "mice"),
            mistake(Spurious, "was"),
        ];
        let groups = group(&mistakes, 2);
        let show = |group: &Group<'_>| {
            let examples = group.examples.iter().map(|one| format!("{} {}", one.count, one.mistake.text));
            format!("{} {}: {}", group.count, group.kind.name(), examples.collect::<Vec<_>>().join(", "))
        };
        let shown: Vec<String> = groups.iter().map(show).collect();
        assert_eq!(shown, ["1 missed: type: 1 ALS", "4 spurious: 2 MICE, 1 cell"]);
        assert_eq!(group(&[], 2), []);
    }
}

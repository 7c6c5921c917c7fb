//! What an answer itself has on the heap.

use glossator::model::{AnnotatedDocument, Annotation, EntityType};

/// How many allocations hold an answer: its lists that are not empty, and its texts that do not fit in place. The names and
/// identifiers of the catalog's entities are shared with what the thread remembers of them.
pub fn allocations(answer: &AnnotatedDocument) -> u64 {
    let texts = answer.abbreviations.iter().flat_map(|own| [&own.short_form, &own.long_form]);
    let texts = texts.chain([&answer.id]).filter(|text| !text.is_empty()).count();
    let lists = [answer.annotations.is_empty(), answer.abbreviations.is_empty()];
    let lists = lists.into_iter().filter(|is_empty| !is_empty).count();
    (texts + lists) as u64 + answer.annotations.iter().map(of_annotation).sum::<u64>()
}

fn of_annotation(found: &Annotation) -> u64 {
    // what a variant is called is a part of its identifier, which is remembered
    let own = if found.entity_type == EntityType::Variant { 2 } else { 1 };
    let texts = [&found.text, &found.label].into_iter().take(own);
    let texts = texts.filter(|text| text.is_heap_allocated()).count();
    texts as u64 + u64::from(!found.candidates.is_empty())
}

//! The spans that overlap one.

use crate::annotate::recognise::Found;

/// The likeliest of the spans that overlap one; 0 where there is none.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Rivals {
    /// Of its own type.
    pub(super) same_type: f32,
    /// Of its own type, by what the document says of them elsewhere.
    pub(super) same_elsewhere: f32,
    /// Of another type and the same place.
    pub(super) same_span: f32,
    /// Of another type and place.
    pub(super) other_type: f32,
}

impl Rivals {
    pub(super) fn meet(&mut self, own: &Found, other: &Found, elsewhere: f32) {
        if own.model_type == other.model_type {
            self.same_type = self.same_type.max(other.probability);
            self.same_elsewhere = self.same_elsewhere.max(elsewhere);
        } else if own.span == other.span {
            self.same_span = self.same_span.max(other.probability);
        } else {
            self.other_type = self.other_type.max(other.probability);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Span;

    #[test]
    fn rivals_are_told_apart_by_type_and_place() {
        let one = |start, end, model_type, probability| Found {
            passage: 0,
            span: Span { start, end },
            model_type,
            probability,
        };
        let own = one(0, 4, 0, 0.5);
        let mut rivals = Rivals::default();
        for (other, elsewhere) in
            [(one(0, 9, 0, 0.3), 0.8), (one(0, 4, 1, 0.6), 0.0), (one(2, 9, 1, 0.7), 0.0)]
        {
            rivals.meet(&own, &other, elsewhere);
        }
        let Rivals { same_type, same_elsewhere, same_span, other_type } = rivals;
        assert_eq!([same_type, same_elsewhere, same_span, other_type], [0.3, 0.8, 0.6, 0.7]);
    }
}

//! Counts as numbers that grow slowly.

use std::sync::OnceLock;

/// The small counts whose logarithms are kept.
const SMALL_COUNTS: usize = 1 << u8::BITS;

/// `ln(1 + count)`, of small counts as it was reckoned once.
#[derive(Debug, Clone, Copy)]
pub(super) struct CountLogs(&'static [f32; SMALL_COUNTS]);

impl CountLogs {
    pub(super) fn new() -> Self {
        static SMALL: OnceLock<[f32; SMALL_COUNTS]> = OnceLock::new();
        Self(SMALL.get_or_init(|| std::array::from_fn(|count| Self::reckon(count as u32))))
    }

    #[inline]
    pub(super) fn of(self, count: u32) -> f32 {
        self.0.get(count as usize).copied().unwrap_or_else(|| Self::reckon(count))
    }

    #[expect(clippy::cast_precision_loss, reason = "the logarithm of a large count is as near")]
    fn reckon(count: u32) -> f32 {
        (count as f32).ln_1p()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_what_is_reckoned() {
        let logs = CountLogs::new();
        for (count, expected) in
            [(0, 0.0), (1, 1_f32.ln_1p()), (255, 255_f32.ln_1p()), (256, 256_f32.ln_1p())]
        {
            assert_eq!(logs.of(count), expected, "{count}");
        }
    }
}

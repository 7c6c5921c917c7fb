//! Bits for each piece of a sentence, and the longest stretches of pieces that have one of some, found 64 pieces at a time.

use std::ops::Range;

use wide::u8x16;

/// The pieces of a block.
const BLOCK: usize = 64;
const LANES: usize = 16;

/// Bits for each piece.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// Those of each piece, filled up with zeros to whole blocks.
    bits: Vec<u8>,
    count: usize,
}

impl Marks {
    /// Makes room for the bits of so many pieces, which are to be written; they mean nothing yet.
    pub(super) fn resize(&mut self, count: usize) {
        self.count = count;
        self.bits.resize(count.next_multiple_of(BLOCK), 0);
        self.bits[count..].fill(0);
    }

    /// The bits of the pieces.
    #[cfg(test)]
    pub(super) fn bits(&self) -> &[u8] {
        &self.bits[..self.count]
    }

    /// The bits of the pieces, to be changed.
    pub(super) fn bits_mut(&mut self) -> &mut [u8] {
        &mut self.bits[..self.count]
    }

    /// Calls `take` with each longest stretch of pieces that have one of `wanted`, in order.
    #[inline]
    pub(super) fn each_stretch(&self, wanted: u8, mut take: impl FnMut(Range<usize>)) {
        // where one began that goes on from the block before
        let mut begun = None;
        for (block, base) in self.bits.as_chunks::<BLOCK>().0.iter().zip((0..).step_by(BLOCK)) {
            let mut rest = having(block, wanted);
            if let Some(first) = begun {
                let more = rest.trailing_ones();
                if more as usize == BLOCK {
                    continue;
                }
                take(first..base + more as usize);
                begun = None;
                rest &= u64::MAX << more;
            }
            while rest != 0 {
                let first = rest.trailing_zeros();
                let end = first + (rest >> first).trailing_ones();
                if end as usize == BLOCK {
                    begun = Some(base + first as usize);
                    break;
                }
                take(base + first as usize..base + end as usize);
                rest &= u64::MAX << end;
            }
        }
        if let Some(first) = begun {
            take(first..self.count);
        }
    }
}

/// Which of a block have one of `wanted`, the first the lowest bit.
#[inline]
fn having(block: &[u8; BLOCK], wanted: u8) -> u64 {
    let (chunks, _) = block.as_chunks::<LANES>();
    chunks.iter().rev().fold(0, |all, chunk| {
        let without = (u8x16::new(*chunk) & u8x16::splat(wanted)).simd_eq(u8x16::ZERO);
        all << LANES | u64::from(!without.to_bitmask() as u16)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stretches(marks: &Marks, wanted: u8) -> Vec<Range<usize>> {
        let mut all = Vec::new();
        marks.each_stretch(wanted, |stretch| all.push(stretch));
        all
    }

    proptest! {
        #[test]
        fn stretches_are_those_that_are_found_one_by_one(
            runs in prop::collection::vec((0_u8..8, prop::sample::select(vec![1_usize, 2, 5, 30, 63, 64, 65, 130])), 0..8),
            wanted in 0_u8..8,
        ) {
            let bits: Vec<u8> = runs.iter().flat_map(|(bits, count)| std::iter::repeat_n(*bits, *count)).collect();
            let mut marks = Marks::default();
            marks.resize(500);
            marks.bits_mut().fill(1);
            marks.resize(bits.len());
            marks.bits_mut().copy_from_slice(&bits);
            let mut expected: Vec<Range<usize>> = Vec::new();
            for at in (0..bits.len()).filter(|at| bits[*at] & wanted != 0) {
                match expected.last_mut().filter(|last| last.end == at) {
                    Some(last) => last.end += 1,
                    None => expected.push(at..at + 1),
                }
            }
            prop_assert_eq!(stretches(&marks, wanted), expected);
        }
    }
}

//! Sorting more keys than memory holds: runs are sorted in memory, put aside in temporary files and merged.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::path::PathBuf;

use rayon::prelude::*;

/// The bytes of what stands behind a key: scope, entity, place of the name, whether it is for texts.
pub(super) const TAIL_BYTES: usize = 1 + 4 + 4 + 1;

/// A key and the name that it is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct KeyUse<'k> {
    pub(super) key: &'k [u8],
    pub(super) scope: u8,
    pub(super) entity: u32,
    /// Where the name is in its section.
    pub(super) name: u32,
    pub(super) for_texts: bool,
}

impl<'k> KeyUse<'k> {
    /// In bytes that sort as it does.
    fn tail(&self) -> [u8; TAIL_BYTES] {
        let mut tail = [0; TAIL_BYTES];
        tail[0] = self.scope;
        tail[1..5].copy_from_slice(&self.entity.to_be_bytes());
        tail[5..9].copy_from_slice(&self.name.to_be_bytes());
        tail[9] = u8::from(self.for_texts);
        tail
    }

    fn of(key: &'k [u8], tail: [u8; TAIL_BYTES]) -> Self {
        let number = |at: usize| u32::from_be_bytes([tail[at], tail[at + 1], tail[at + 2], tail[at + 3]]);
        Self { key, scope: tail[0], entity: number(1), name: number(5), for_texts: tail[9] == 1 }
    }
}

/// A record in memory: the first bytes of its key as a number, which most comparisons need only, and where it is.
#[derive(Debug, Clone, Copy)]
struct Place {
    head: u64,
    start: u32,
    key_bytes: u16,
}

/// Takes keys in any order and gives them in theirs.
#[derive(Debug)]
pub(super) struct Sorter {
    /// Keys, each with its tail behind it.
    buffer: Vec<u8>,
    places: Vec<Place>,
    runs: Vec<File>,
    /// The most bytes of a run in memory.
    memory_bytes: usize,
    /// Where runs are put aside.
    folder: PathBuf,
}

impl Sorter {
    /// The most bytes of a run, so that places in it fit 32 bits.
    const RUN_BYTES_LIMIT: usize = 1 << 31;

    /// One that holds about `memory_bytes` in memory and puts the rest in temporary files in `folder`.
    pub(super) fn new(memory_bytes: usize, folder: PathBuf) -> Self {
        let memory_bytes = memory_bytes.min(Self::RUN_BYTES_LIMIT);
        Self { buffer: Vec::new(), places: Vec::new(), runs: Vec::new(), memory_bytes, folder }
    }

    pub(super) fn push(&mut self, used: &KeyUse<'_>) -> io::Result<()> {
        let bytes = used.key.len() + TAIL_BYTES + size_of::<Place>();
        let held = self.buffer.len() + self.places.len() * size_of::<Place>();
        if !self.places.is_empty() && held + bytes > self.memory_bytes {
            self.put_aside()?;
        }
        let mut head = [0; 8];
        let length = used.key.len().min(8);
        head[..length].copy_from_slice(&used.key[..length]);
        let start = u32::try_from(self.buffer.len()).map_err(io::Error::other)?;
        let key_bytes = u16::try_from(used.key.len()).map_err(io::Error::other)?;
        self.places.push(Place { head: u64::from_be_bytes(head), start, key_bytes });
        self.buffer.extend_from_slice(used.key);
        self.buffer.extend(used.tail());
        Ok(())
    }

    /// The key of a record and its tail.
    fn record(buffer: &[u8], place: Place) -> (&[u8], &[u8]) {
        let start = place.start as usize;
        let middle = start + usize::from(place.key_bytes);
        (&buffer[start..middle], &buffer[middle..middle + TAIL_BYTES])
    }

    fn sort(&mut self) {
        let buffer = &self.buffer;
        self.places.par_sort_unstable_by(|one, other| {
            one.head
                .cmp(&other.head)
                .then_with(|| Self::record(buffer, *one).cmp(&Self::record(buffer, *other)))
        });
    }

    fn put_aside(&mut self) -> io::Result<()> {
        self.sort();
        let mut output = BufWriter::with_capacity(1 << 20, tempfile::tempfile_in(&self.folder)?);
        for place in &self.places {
            let (key, tail) = Self::record(&self.buffer, *place);
            output.write_all(&place.key_bytes.to_le_bytes())?;
            output.write_all(key)?;
            output.write_all(tail)?;
        }
        let mut file = output.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        self.runs.push(file);
        self.buffer.clear();
        self.places.clear();
        Ok(())
    }

    /// Gives all to `take`, in order.
    pub(super) fn finish<E: From<io::Error>>(
        mut self,
        mut take: impl FnMut(&KeyUse<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.runs.is_empty() {
            self.sort();
            for place in &self.places {
                let (key, tail) = Self::record(&self.buffer, *place);
                take(&KeyUse::of(key, tail.try_into().unwrap_or_default()))?;
            }
            return Ok(());
        }
        self.put_aside()?;
        (self.buffer, self.places) = (Vec::new(), Vec::new());
        merge(self.runs, take)
    }
}

/// What is next in a run.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Next {
    key: Vec<u8>,
    tail: [u8; TAIL_BYTES],
    run: usize,
}

fn merge<E: From<io::Error>>(
    runs: Vec<File>,
    mut take: impl FnMut(&KeyUse<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let mut readers: Vec<BufReader<File>> =
        runs.into_iter().map(|run| BufReader::with_capacity(1 << 20, run)).collect();
    let mut heap = BinaryHeap::new();
    for (run, reader) in readers.iter_mut().enumerate() {
        let mut next = Next { key: Vec::new(), tail: [0; TAIL_BYTES], run };
        if read_next(reader, &mut next)? {
            heap.push(Reverse(next));
        }
    }
    while let Some(Reverse(mut next)) = heap.pop() {
        take(&KeyUse::of(&next.key, next.tail))?;
        if read_next(&mut readers[next.run], &mut next)? {
            heap.push(Reverse(next));
        }
    }
    Ok(())
}

fn read_next(reader: &mut impl Read, next: &mut Next) -> io::Result<bool> {
    let mut length = [0; 2];
    match reader.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
        read => read?,
    }
    next.key.resize(usize::from(u16::from_le_bytes(length)), 0);
    reader.read_exact(&mut next.key)?;
    reader.read_exact(&mut next.tail)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn all_come_out_in_order_however_little_memory_there_is(
            records in prop::collection::vec(("[a-b]{0,12}", 0_u8..3, 0_u32..600, any::<bool>()), 0..80),
            memory_bytes in 1_usize..3_000,
        ) {
            let uses: Vec<KeyUse<'_>> = records
                .iter()
                .map(|(key, scope, entity, for_texts)| KeyUse {
                    key: key.as_bytes(), scope: *scope, entity: *entity, name: entity * 7, for_texts: *for_texts,
                })
                .collect();
            let mut sorter = Sorter::new(memory_bytes, std::env::temp_dir());
            for used in &uses {
                sorter.push(used).unwrap();
            }
            let mut found = Vec::new();
            sorter
                .finish(|used| {
                    found.push((used.key.to_vec(), used.scope, used.entity, used.name, used.for_texts));
                    Ok::<(), io::Error>(())
                })
                .unwrap();
            let mut expected: Vec<_> =
                uses.iter().map(|used| (used.key.to_vec(), used.scope, used.entity, used.name, used.for_texts)).collect();
            expected.sort();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn the_memory_bound_puts_runs_aside() {
        let used = |entity| KeyUse { key: b"key", scope: 0, entity, name: 0, for_texts: true };
        let record = 3 + TAIL_BYTES + size_of::<Place>();
        for (count, runs) in [(2, 0), (3, 1), (4, 1), (5, 2)] {
            let mut sorter = Sorter::new(2 * record, std::env::temp_dir());
            (0..count).for_each(|entity| sorter.push(&used(entity)).unwrap());
            assert_eq!(sorter.runs.len(), runs, "{count}");
        }
    }
}

//! Lists and texts that are used for a moment: their room is kept by the thread, so that a document needs none of its own.
//!
//! A type says once that its room is kept, by the macro `spared!`; [`Spare::take`] then gives an empty one wherever one is used.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::ops::{Deref, DerefMut};

use super::fold::FoldedText;
use crate::model::Span;

/// The most of a type that a thread keeps.
pub(crate) const SPARE_LIMIT: usize = 1 << 10;
/// The most bytes that all of a type take that a thread keeps, where the type tells no other limit.
pub(crate) const SPARE_BYTES_LIMIT: usize = 1 << 19;

/// For how many elements a list that is kept has room at least: lists of one type differ, and each is soon large enough for most.
const KEPT_COUNT_MIN: usize = 16;

/// What keeps its room when it is emptied.
pub(crate) trait Room: Default {
    /// Takes everything out.
    fn empty(&mut self);
    /// About how many bytes it has taken from the heap; what its elements have taken is not counted.
    fn room_bytes(&self) -> usize;
    /// Sees to the least room of what is kept, where there is such; tells whether it had less.
    #[inline]
    fn grow(&mut self) -> bool {
        false
    }
}

impl<T> Room for Vec<T> {
    fn empty(&mut self) {
        self.clear();
    }

    fn room_bytes(&self) -> usize {
        self.capacity() * size_of::<T>()
    }

    #[inline]
    fn grow(&mut self) -> bool {
        let had_less = self.capacity() < KEPT_COUNT_MIN;
        if had_less {
            self.reserve_exact(KEPT_COUNT_MIN);
        }
        had_less
    }
}

impl Room for String {
    fn empty(&mut self) {
        self.clear();
    }

    fn room_bytes(&self) -> usize {
        self.capacity()
    }
}

impl<K, V, S: Default> Room for HashMap<K, V, S> {
    fn empty(&mut self) {
        self.clear();
    }

    fn room_bytes(&self) -> usize {
        self.capacity() * size_of::<(K, V)>()
    }
}

impl<K, S: Default> Room for HashSet<K, S> {
    fn empty(&mut self) {
        self.clear();
    }

    fn room_bytes(&self) -> usize {
        self.capacity() * size_of::<K>()
    }
}

/// What it holds at first means nothing.
impl Room for FoldedText {
    fn empty(&mut self) {}

    fn room_bytes(&self) -> usize {
        self.room_bytes()
    }
}

/// The rooms of one type that a thread keeps, the last one given first, or the one before where that is larger.
#[derive(Debug)]
pub(crate) struct Pool<T> {
    kept: RefCell<Vec<T>>,
    /// What they take together.
    bytes: Cell<usize>,
    bytes_limit: usize,
}

impl<T: Room> Pool<T> {
    /// One that keeps nothing yet, and rooms of so many bytes at most.
    pub(crate) const fn new(bytes_limit: usize) -> Self {
        Self { kept: RefCell::new(Vec::new()), bytes: Cell::new(0), bytes_limit }
    }

    /// One that has been used, or a new one; empty.
    #[inline]
    pub(crate) fn take(&self) -> T {
        let room = self.kept.borrow_mut().pop().unwrap_or_default();
        self.bytes.set(self.bytes.get().saturating_sub(room.room_bytes()));
        room
    }

    /// Keeps the room of one that is done with.
    #[inline]
    pub(crate) fn keep(&self, mut room: T) {
        let (bytes, others) = (room.room_bytes(), self.bytes.get());
        if bytes == 0 || others + bytes > self.bytes_limit {
            return;
        }
        room.empty();
        let bytes = if room.grow() { room.room_bytes() } else { bytes };
        let mut kept = self.kept.borrow_mut();
        if others + bytes > self.bytes_limit || kept.len() >= SPARE_LIMIT {
            return;
        }
        self.bytes.set(others + bytes);
        match kept.last_mut() {
            // a larger one stays the next to be given
            Some(last) if last.room_bytes() > bytes => {
                let last = std::mem::replace(last, room);
                kept.push(last);
            }
            _ => kept.push(room),
        }
    }
}

/// What threads keep the room of; implemented by the macro `spared!`.
pub(crate) trait Spared: Sized {
    /// One that has been used, or a new one; empty.
    fn take() -> Self;
    /// Keeps the room of one that is done with.
    fn keep(self);
}

/// Has threads keep the room of values of a type, one of a kind each: `spared!(Vec<Span>, String)`. Of lists of borrowed values the
/// type is given for any lifetime and for `'static`: `spared!('a: Vec<&'a str>, Vec<&'static str>)`. A type of which a document has
/// very many tells of how many bytes they are that are kept: `spared!(Vec<Reading>; 1 << 21)`.
macro_rules! spared {
    ($life:lifetime: $room:ty, $kept:ty) => {
        $crate::text::spare::spared!(
            @ $kept, $crate::text::spare::SPARE_BYTES_LIMIT, $crate::text::spare::emptied, $room, $life
        );
    };
    ($($room:ty),+ $(,)?) => {
        $($crate::text::spare::spared!($room; $crate::text::spare::SPARE_BYTES_LIMIT);)+
    };
    ($room:ty; $bytes_limit:expr) => {
        $crate::text::spare::spared!(@ $room, $bytes_limit, std::convert::identity, $room);
    };
    (@ $kept:ty, $bytes_limit:expr, $emptied:expr, $room:ty $(, $life:lifetime)?) => {
        const _: () = {
            thread_local! {
                static POOL: $crate::text::spare::Pool<$kept> =
                    const { $crate::text::spare::Pool::new($bytes_limit) };
            }
            impl$(<$life>)? $crate::text::spare::Spared for $room {
                #[inline]
                fn take() -> Self {
                    POOL.try_with($crate::text::spare::Pool::take).unwrap_or_default()
                }

                #[inline]
                fn keep(self) {
                    // a thread that ends keeps nothing
                    let _ = POOL.try_with(|pool| pool.keep($emptied(self)));
                }
            }
        };
    };
}
pub(crate) use spared;

/// The room of a list, for elements of another lifetime: the standard library collects in place what is of one size.
pub(crate) fn emptied<T, U>(mut list: Vec<T>) -> Vec<U> {
    list.clear();
    list.into_iter().filter_map(|_| None).collect()
}

/// The most bytes that folded texts take that a thread keeps: passages of some 300 kB in all.
const TEXTS_BYTES_LIMIT: usize = 1 << 22;

spared!(FoldedText; TEXTS_BYTES_LIMIT);
spared!(String, Vec<usize>, Vec<u32>, Vec<u64>, Vec<u8>);
spared!(Vec<(usize, usize)>, Vec<Span>, Vec<(Span, f32)>);
spared!('a: Vec<&'a str>, Vec<&'static str>);

/// Something that is empty at first and whose room goes back to the thread when it is dropped.
#[derive(Debug)]
pub(crate) struct Spare<T: Spared + Default>(T);

impl<T: Spared + Default> Spare<T> {
    /// An empty one, with the room of one that was used before if there is any.
    #[inline]
    pub(crate) fn take() -> Self {
        Self(T::take())
    }
}

impl<T> Spare<Vec<T>>
where
    Vec<T>: Spared,
{
    /// An empty one with room for so many; what is new takes no more, as a document may have very many.
    #[inline]
    pub(crate) fn with_room(count: usize) -> Self {
        let mut own = Self::take();
        match own.capacity() {
            0 => own.reserve_exact(count),
            _ => own.reserve(count),
        }
        own
    }
}

/// Without room.
impl<T: Spared + Default> Default for Spare<T> {
    fn default() -> Self {
        Self(T::default())
    }
}

impl<T: Spared + Default + Clone> Clone for Spare<T> {
    #[inline]
    fn clone(&self) -> Self {
        let mut own = Self::take();
        own.0.clone_from(&self.0);
        own
    }
}

impl<A, T: Spared + Default + Extend<A>> FromIterator<A> for Spare<T> {
    #[inline]
    fn from_iter<I: IntoIterator<Item = A>>(all: I) -> Self {
        let mut own = Self::take();
        own.0.extend(all);
        own
    }
}

impl<T: Spared + Default> Drop for Spare<T> {
    #[inline]
    fn drop(&mut self) {
        std::mem::take(&mut self.0).keep();
    }
}

impl<T: Spared + Default> Deref for Spare<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Spared + Default> DerefMut for Spare<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<'s, T: Spared + Default> IntoIterator for &'s Spare<T>
where
    &'s T: IntoIterator,
{
    type Item = <&'s T as IntoIterator>::Item;
    type IntoIter = <&'s T as IntoIterator>::IntoIter;

    #[inline]
    fn into_iter(self) -> Self::IntoIter {
        (&self.0).into_iter()
    }
}

impl<'s, T: Spared + Default> IntoIterator for &'s mut Spare<T>
where
    &'s mut T: IntoIterator,
{
    type Item = <&'s mut T as IntoIterator>::Item;
    type IntoIter = <&'s mut T as IntoIterator>::IntoIter;

    #[inline]
    fn into_iter(self) -> Self::IntoIter {
        (&mut self.0).into_iter()
    }
}

/// A folded text that is used for a moment, such as that of a name. What it holds at first means nothing.
pub(crate) type SpareText = Spare<FoldedText>;

#[cfg(test)]
pub(crate) mod tests {
    use rustc_hash::{FxHashMap, FxHashSet};

    use super::*;

    #[derive(Debug, Default, Clone)]
    struct Own(u64);
    spared!(Vec<Own>, FxHashMap<u32, Own>, FxHashSet<u32>);

    #[derive(Debug)]
    struct Seldom(#[expect(dead_code, reason = "only its size counts")] u8);
    const SELDOM_BYTES_LIMIT: usize = 3 * KEPT_COUNT_MIN;
    spared!(Vec<Seldom>; SELDOM_BYTES_LIMIT);

    spared!('a: Vec<(usize, &'a Own)>, Vec<(usize, &'static Own)>);

    /// The rooms of a type that the thread keeps, taken out.
    fn kept_rooms<T: Room + Spared>() -> Vec<T> {
        std::iter::from_fn(|| Some(T::take()).filter(|own| own.room_bytes() > 0)).collect()
    }

    /// Asserts that those of a type that are kept take no more bytes than that, and as many where there are enough. `make` makes one of
    /// about so many bytes.
    pub(crate) fn holds_bound<T: Room + Spared>(bytes_limit: usize, make: impl Fn(usize) -> T) {
        kept_rooms::<T>();
        make(bytes_limit + bytes_limit / 8).keep();
        assert!(kept_rooms::<T>().is_empty(), "one is too large");
        let part = make(bytes_limit / 3).room_bytes();
        assert!(part > 0 && 2 * part <= bytes_limit);
        (0..9).for_each(|_| make(bytes_limit / 3).keep());
        let kept: usize = kept_rooms::<T>().iter().map(Room::room_bytes).sum();
        assert!(kept <= bytes_limit && kept + part > bytes_limit, "{kept} of {bytes_limit}");
    }

    #[test]
    fn room_is_kept_within_bounds() {
        let mut one: Spare<Vec<Own>> = Spare::take();
        assert_eq!(one.capacity(), 0);
        one.resize(3 * KEPT_COUNT_MIN, Own(1));
        let room = one.capacity();
        drop(one);
        let again: Spare<Vec<Own>> = Spare::take();
        assert!(again.is_empty() && again.capacity() == room);
        drop(again);
        let kept = Vec::<Own>::take;
        assert_eq!((kept().capacity(), kept().capacity()), (room, 0));
        let many: Vec<Spare<Vec<Own>>> = (0..=SPARE_LIMIT).map(|_| Spare::with_room(1)).collect();
        drop(many);
        assert_eq!(kept_rooms::<Vec<Own>>().len(), SPARE_LIMIT);
    }

    #[test]
    fn all_of_a_type_take_so_many_bytes_at_most() {
        holds_bound(SPARE_BYTES_LIMIT, |bytes| Vec::<Own>::with_capacity(bytes / size_of::<Own>()));
        holds_bound(SELDOM_BYTES_LIMIT, Vec::<Seldom>::with_capacity);
        holds_bound(SPARE_BYTES_LIMIT, String::with_capacity);
        holds_bound(TEXTS_BYTES_LIMIT, |bytes| {
            // dots have no forms, and room for tokens
            let mut folded = FoldedText::new();
            folded.fold(&".".repeat(bytes / 5));
            folded
        });
        let mut table: FxHashMap<u32, Own> = FxHashMap::default();
        table.reserve(SPARE_BYTES_LIMIT / size_of::<(u32, Own)>() + 1);
        table.keep();
        let mut set: FxHashSet<u32> = FxHashSet::default();
        set.reserve(SPARE_BYTES_LIMIT / size_of::<u32>() + 1);
        set.keep();
        assert!(kept_rooms::<FxHashMap<u32, Own>>().is_empty() && kept_rooms::<FxHashSet<u32>>().is_empty());
    }

    #[test]
    fn what_is_kept_is_collected_copied_and_gone_through_as_it_is() {
        let mut one: Spare<Vec<Own>> = [1, 2].into_iter().map(Own).collect();
        let other = one.clone();
        for own in &mut one {
            own.0 += 1;
        }
        let sum = |list: &Spare<Vec<Own>>| list.into_iter().map(|own| own.0).sum::<u64>();
        assert_eq!((sum(&one), sum(&other), sum(&Spare::default())), (5, 3, 0));
    }

    #[test]
    fn lists_that_are_kept_are_large_enough_for_most() {
        drop(Spare::<Vec<Own>>::with_room(2));
        let kept = Spare::<Vec<Own>>::with_room(1);
        assert!(kept.capacity() >= KEPT_COUNT_MIN);
        assert_eq!(
            Spare::<Vec<Own>>::with_room(3).capacity(),
            3,
            "what is new takes no more than is asked for"
        );
        assert!(Spare::<Vec<Own>>::with_room(99).capacity() >= 99);
    }

    #[test]
    fn texts_and_tables_keep_their_room() {
        let mut one = SpareText::take();
        one.fold("renal failure");
        assert_eq!(one.text(), "renal failure");
        let room = one.room_bytes();
        drop(one);
        let mut again = SpareText::take();
        again.fold("p53");
        assert_eq!((again.text(), again.room_bytes()), ("p 53", room));
        let mut table: Spare<FxHashMap<u32, Own>> = Spare::take();
        table.insert(3, Own(1));
        drop(table);
        let table = FxHashMap::<u32, Own>::take();
        assert!(table.is_empty() && table.capacity() > 0);
        let mut set: Spare<FxHashSet<u32>> = Spare::take();
        set.insert(3);
        drop(set);
        let set: FxHashSet<u32> = Spared::take();
        assert!(set.is_empty() && set.capacity() > 0);
        let mut text: Spare<String> = Spare::take();
        text.push('a');
        drop(text);
        let text = String::take();
        assert!(text.is_empty() && text.capacity() > 0);
    }

    #[test]
    fn lists_of_borrowed_values_keep_their_room() {
        let values = vec![Own(1); KEPT_COUNT_MIN];
        let mut list: Spare<Vec<(usize, &Own)>> = Spare::take();
        list.extend(values.iter().enumerate());
        assert_eq!(list.iter().map(|(_, own)| own.0).sum::<u64>(), KEPT_COUNT_MIN as u64);
        let (room, place) = (list.capacity(), list.as_ptr() as usize);
        drop(list);
        let again = Vec::<(usize, &Own)>::take();
        assert_eq!((again.len(), again.capacity(), again.as_ptr() as usize), (0, room, place));
    }
}

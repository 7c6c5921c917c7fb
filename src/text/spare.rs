//! Lists and texts that are used for a moment: their room is kept by the thread, so that a document needs none of its own.
//!
//! A type says once that its room is kept, by the macro `spared!`; [`Spare::take`] then gives an empty one wherever one is used.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::ops::{Deref, DerefMut};

use super::fold::FoldedText;
use crate::model::Span;

/// The most of a type that a thread keeps, where the type tells no other limit.
pub(crate) const SPARE_LIMIT: usize = 16;
/// The most bytes of one that is kept.
pub(crate) const SPARE_BYTES_LIMIT: usize = 1 << 17;

/// For how many elements a list that is kept has room at least: lists of one type differ, and each is soon large enough for most.
const KEPT_COUNT_MIN: usize = 16;

/// What keeps its room when it is emptied.
pub(crate) trait Room: Default {
    /// Takes everything out.
    fn empty(&mut self);
    /// About how many bytes it has taken from the heap; what its elements have taken is not counted.
    fn room_bytes(&self) -> usize;
    /// Sees to the least room of what is kept, where there is such.
    fn grow(&mut self) {}
}

impl<T> Room for Vec<T> {
    fn empty(&mut self) {
        self.clear();
    }

    fn room_bytes(&self) -> usize {
        self.capacity() * size_of::<T>()
    }

    #[inline]
    fn grow(&mut self) {
        self.reserve(KEPT_COUNT_MIN);
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

/// The rooms of one type that a thread keeps, the last one given first.
#[derive(Debug)]
pub(crate) struct Pool<T> {
    kept: RefCell<Vec<T>>,
    limit: usize,
    bytes_limit: usize,
}

impl<T: Room> Pool<T> {
    /// One that keeps nothing yet, and so many at most, of so many bytes each.
    pub(crate) const fn new(limit: usize, bytes_limit: usize) -> Self {
        Self { kept: RefCell::new(Vec::new()), limit, bytes_limit }
    }

    /// One that has been used, or a new one; empty.
    #[inline]
    pub(crate) fn take(&self) -> T {
        self.kept.borrow_mut().pop().unwrap_or_default()
    }

    /// Keeps the room of one that is done with.
    #[inline]
    pub(crate) fn keep(&self, mut room: T) {
        if (1..=self.bytes_limit).contains(&room.room_bytes()) {
            room.empty();
            let mut kept = self.kept.borrow_mut();
            if kept.len() < self.limit {
                room.grow();
                kept.push(room);
            }
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
/// type is given for any lifetime and for `'static`: `spared!('a: Vec<&'a str>, Vec<&'static str>)`. Of a type that a document has very
/// many of it is told how many are kept, and of how many bytes: `spared!(Vec<Reading>; 256, 1 << 13)`.
macro_rules! spared {
    ($life:lifetime: $room:ty, $kept:ty) => {
        const _: () = {
            thread_local! {
                static POOL: $crate::text::spare::Pool<$kept> = const {
                    $crate::text::spare::Pool::new(
                        $crate::text::spare::SPARE_LIMIT,
                        $crate::text::spare::SPARE_BYTES_LIMIT,
                    )
                };
            }
            impl<$life> $crate::text::spare::Spared for $room {
                #[inline]
                fn take() -> Self {
                    POOL.try_with($crate::text::spare::Pool::take).unwrap_or_default()
                }

                #[inline]
                fn keep(self) {
                    // a thread that ends keeps nothing
                    let _ = POOL.try_with(|pool| pool.keep($crate::text::spare::emptied(self)));
                }
            }
        };
    };
    ($($room:ty),+ $(,)?) => {
        $($crate::text::spare::spared!(
            $room; $crate::text::spare::SPARE_LIMIT, $crate::text::spare::SPARE_BYTES_LIMIT
        );)+
    };
    ($room:ty; $limit:expr, $bytes_limit:expr) => {
        const _: () = {
            thread_local! {
                static POOL: $crate::text::spare::Pool<$room> =
                    const { $crate::text::spare::Pool::new($limit, $bytes_limit) };
            }
            impl $crate::text::spare::Spared for $room {
                #[inline]
                fn take() -> Self {
                    POOL.try_with($crate::text::spare::Pool::take).unwrap_or_default()
                }

                #[inline]
                fn keep(self) {
                    // a thread that ends keeps nothing
                    let _ = POOL.try_with(|pool| pool.keep(self));
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

/// The most bytes of forms of a folded text that is kept; its tokens take some ten times as much.
const FORMS_BYTES_LIMIT: usize = 1 << 16;

spared!(FoldedText; SPARE_LIMIT, FORMS_BYTES_LIMIT);
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
mod tests {
    use rustc_hash::{FxHashMap, FxHashSet};

    use super::*;

    #[derive(Debug, Default, Clone)]
    struct Own(u64);
    spared!(Vec<Own>, FxHashMap<u32, Own>, FxHashSet<u32>);

    const SELDOM_LIMIT: usize = 3;
    const SELDOM_BYTES: usize = 8;
    #[derive(Debug)]
    struct Seldom(#[expect(dead_code, reason = "only its size counts")] u8);
    spared!(Vec<Seldom>; SELDOM_LIMIT, SELDOM_BYTES);

    spared!('a: Vec<(usize, &'a Own)>, Vec<(usize, &'static Own)>);

    #[test]
    fn room_is_kept_within_bounds() {
        let mut one: Spare<Vec<Own>> = Spare::take();
        assert_eq!(one.capacity(), 0);
        one.resize(3 * KEPT_COUNT_MIN, Own(1));
        let room = one.capacity();
        drop(one);
        let mut again: Spare<Vec<Own>> = Spare::take();
        assert!(again.is_empty() && again.capacity() == room);
        again.reserve_exact(SPARE_BYTES_LIMIT / size_of::<Own>() + 1);
        drop(again);
        assert_eq!(Vec::<Own>::take().capacity(), 0, "too large");
        Vec::<Own>::with_capacity(SPARE_BYTES_LIMIT / size_of::<Own>()).keep();
        assert!(Vec::<Own>::take().capacity() > room, "not too large");
        let many: Vec<Spare<Vec<Own>>> = (0..=SPARE_LIMIT)
            .map(|_| {
                let mut one: Spare<Vec<Own>> = Spare::take();
                one.push(Own(1));
                one
            })
            .collect();
        drop(many);
        let kept = std::iter::from_fn(|| Some(Vec::<Own>::take()).filter(|own| own.capacity() > 0));
        assert_eq!(kept.count(), SPARE_LIMIT);
    }

    #[test]
    fn a_type_may_tell_its_own_bounds() {
        let keep = |room: usize| Vec::<Seldom>::with_capacity(room).keep();
        let kept = || std::iter::from_fn(|| Some(Vec::<Seldom>::take()).filter(|own| own.capacity() > 0));
        keep(SELDOM_BYTES + 1);
        assert_eq!(kept().count(), 0);
        (0..=SELDOM_LIMIT).for_each(|_| keep(SELDOM_BYTES));
        assert_eq!(kept().count(), SELDOM_LIMIT);
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

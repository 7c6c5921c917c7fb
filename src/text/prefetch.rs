//! A hint to the processor that memory will be read soon, so that the waits for it overlap with other work.

/// Has what a reference leads to come nearer, the first bytes of it; changes nothing else. Does nothing where there is none, and
/// on processors that have no such hint in Rust yet.
#[inline]
pub(crate) fn prefetch<T>(place: Option<&T>) {
    let Some(place) = place else { return };
    #[cfg(target_arch = "x86_64")]
    #[expect(unsafe_code, reason = "the hint is given by an address; a reference is one that may be read")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: the hint reads nothing, and every processor of the kind has it.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(place).cast()) }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = place;
}

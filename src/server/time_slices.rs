//! How long the system lets a thread of the server go on while others wait.
//!
//! A document passes five threads on its way through a server and back. Where more threads are ready than there are cores,
//! each lets it wait for the rest of another's slice, and by default that is some milliseconds: more than the document takes.
//! Linux asks each thread for its own slice since 6.12; threads that take little at a time come sooner.

/// The wait of one thread for another, some documents' work. With the shortest slice that Linux gives, 0.1 ms, a document costs some
/// hundredths more, as threads push each other's memory out.
#[cfg(target_os = "linux")]
const SLICE_NS: u64 = 300_000;

/// Has the system go on to other threads soon from this one and those that it begins. Where it refuses or cannot, slices are
/// as long as ever.
pub(super) fn take_short_slices() {
    #[cfg(target_os = "linux")]
    linux::set_slice_ns(SLICE_NS);
}

#[cfg(target_os = "linux")]
mod linux {
    /// `struct sched_attr` in its first form, as sched_setattr(2) has it.
    #[repr(C)]
    #[derive(Default)]
    pub(super) struct Attributes {
        size: u32,
        policy: u32,
        flags: u64,
        niceness: i32,
        priority: u32,
        /// The slice of a thread of the normal policy, in nanoseconds.
        pub(super) runtime: u64,
        deadline: u64,
        period: u64,
    }

    /// As C counts it.
    const ATTRIBUTES_BYTES: u32 = size_of::<Attributes>() as u32;

    /// Asks for a slice; everything else of the thread stays as it is. Whether the system took it.
    #[expect(unsafe_code, reason = "no crate offers this call of the system")]
    pub(super) fn set_slice_ns(slice_ns: u64) -> bool {
        let Some(mut attributes) = attributes() else { return false };
        attributes.runtime = slice_ns;
        // SAFETY: thread 0 is the calling one; the structure is as long as it says, and the system only reads it.
        unsafe { libc::syscall(libc::SYS_sched_setattr, 0, &raw const attributes, 0) == 0 }
    }

    /// What the system knows of this thread; `None` where it is not of the normal policy.
    #[expect(unsafe_code, reason = "no crate offers this call of the system")]
    pub(super) fn attributes() -> Option<Attributes> {
        let mut own = Attributes::default();
        // SAFETY: thread 0 is the calling one; the system writes no more bytes than it is told to, which the structure has.
        let failed =
            unsafe { libc::syscall(libc::SYS_sched_getattr, 0, &raw mut own, ATTRIBUTES_BYTES, 0) != 0 };
        own.size = ATTRIBUTES_BYTES;
        (!failed && own.policy == 0).then_some(own)
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_thread_asks_for_its_slice_and_stays_as_nice_as_it_was() {
        let thread = Some(rustix::thread::gettid());
        let niceness = || rustix::process::getpriority_process(thread).unwrap();
        let own = niceness() + 1;
        rustix::process::setpriority_process(thread, own).unwrap();
        // A system that forbids the call leaves all as it was.
        let taken = linux::set_slice_ns(SLICE_NS);
        assert_eq!(niceness(), own);
        let slice_ns = linux::attributes().map_or(0, |attributes| attributes.runtime);
        // Linux before 6.12 takes the call and tells of no slice.
        assert!(!taken || slice_ns == SLICE_NS || slice_ns == 0, "{slice_ns}");
    }
}

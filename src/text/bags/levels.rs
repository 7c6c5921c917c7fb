//! Which words and meanings a bag leaves out, and which are held for others.

/// Words that say nothing of their own in a name.
pub(super) const STOP_WORDS: &str = "an and as associated at by caused due for from in involving its nos of on or other \
     otherwize related resulting specified the to unspecified with";

/// Words that are left out of the looser bag where something else stays in it.
pub(super) const WEAK: &str = "syndrome malignant type mellitus human form state condition patient classic classical \
     idiopathic sporadic induced autosomal linked";

/// Meanings that say too little when nothing else is left of a name.
pub(super) const GENERAL: &str = "disease syndrome abnormal complication dysfunction injury lesion toxic poisoning deficient \
     failure heredity family gene congenital low high loss absence multiple recurrent progressive inflammation";

/// Meanings that are held for others in the looser bag.
pub(super) const LOOSELY: &[(&str, &str)] = &[
    ("carcinoma", "neoplasm"),
    ("family", "heredity"),
    ("gene", "heredity"),
    ("myocardium", "heart"),
    ("abnormal", "disease"),
    ("complication", "disease"),
    ("dysfunction", "disease"),
    ("lesion", "disease"),
    ("dysgenesis", "disease"),
    ("poisoning", "toxic"),
    ("trauma", "injury"),
    ("hypertrophy", "enlargement"),
];

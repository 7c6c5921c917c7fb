//! Which entities of the catalog a mention may speak of: from exact names to names in other words.

use std::ops::Range;

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::super::binomials::Binomials;
use super::super::passages::PassageText;
use super::super::surface::{self, Agreement};
use super::super::vocabulary::{Bearer, Vocabulary};
use super::aliases::{HeldOut, alias_key};
use super::document_words::words_of_names;
use super::features::{Weighed, describe_alone, none};
use super::idle::{IDLE_AFTER, IDLE_BEFORE};
use super::kept::KeptName;
use super::{Chances, Document, Linked, OtherForm, Target, misspelt};
use crate::catalog::{EntityIndex, GroupIndex};
use crate::model::{Curie, EntityType, SynonymScope};
use crate::text::{Bag, FoldedText, Spare, SpareText, name_keys, spared};

/// The most entities of one name that are looked at.
const BEARERS_LIMIT: usize = 100;
/// The most candidates of a mention, the closest first.
pub(crate) const CANDIDATES_LIMIT: usize = 40;
/// The most candidates whose parents are candidates as well.
const PARENTS_OF_LIMIT: usize = 4;
/// The most words that are left out of a name to find one.
const WORDS_LEFT_OUT_LIMIT: usize = 3;

/// The least bytes of each of two words that may be one.
const JOINED_BYTES_MIN: usize = 2;
/// The most pairs of words that are tried as one.
const JOINED_LIMIT: usize = 8;

/// How a candidate was found, the closest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Route {
    /// It bears the name that stands in the text.
    Name,
    /// It bears the name that the document defines the short form to stand for.
    LongForm,
    /// It bears the binomial that the document has in full: "Escherichia coli" for "E. coli".
    Binomial,
    /// It is the only species of the genus that the document names.
    OnlySpecies,
    /// It bears the short form that the document gives to the name.
    ShortForm,
    /// The name was said of it in the gold data.
    Alias,
    /// It bears the name without words that say nothing else.
    LessIdleWords,
    /// It bears a name of the same words in another order or form.
    SameWords,
    /// It bears a name of nearly the same words.
    LikeWords,
    /// It bears the name without one of its words.
    LessWord,
    /// What bears the name lies in it: the species of a strain.
    Parent,
    /// It bears the name that the written one is a slip of the pen away from.
    Misspelt,
}

/// An entity that a mention may speak of.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    /// The entity.
    pub entity: EntityIndex,
    /// How it was found.
    pub route: Route,
    /// How its name and the text agree.
    pub agreement: Agreement,
    /// Whether the name has the same letters but for their case: no plural, no other spelling.
    pub same_letters: bool,
    /// Whether the name is the preferred one.
    pub label: bool,
    /// How near it is when it is not.
    pub scope: SynonymScope,
    /// Whether the name is a symbol.
    pub symbol: bool,
    /// Whether it is named in the namespace that is wanted most.
    pub preferred: bool,
    /// Its taxon.
    pub taxon: Option<u32>,
    /// How known it is.
    pub prominence: u8,
    /// How many times the name was said of it in the gold data.
    pub said: u32,
    /// In how many documents of it.
    pub said_documents: u8,
    /// Those of its taxon among the candidates of the name, for genes.
    pub of_taxon: OfTaxon,
    /// What its preferred name is like beside the name, for organisms ([`super::features`]).
    pub label_like: u32,
    /// What the ranker weighs.
    pub weighed: Weighed,
    /// How likely it is meant, of all candidates and none.
    pub probability: f32,
}

/// The most bytes that lists of candidates take that a thread keeps: those of some thousand texts.
const CANDIDATES_BYTES_LIMIT: usize = 1 << 21;

spared!(Vec<Candidate>; CANDIDATES_BYTES_LIMIT);

/// The candidates of a taxon.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct OfTaxon {
    /// How many times the name was said of them.
    pub said: u32,
    /// How many there are.
    pub count: u32,
}

impl Candidate {
    /// It before a document has a say, and without what training asks for.
    pub(super) fn by_itself(&self) -> Self {
        Self { weighed: Weighed { logit: self.weighed.logit, features: None }, ..*self }
    }
}

#[cfg(test)]
impl Candidate {
    /// One that bears the very name as its preferred one.
    pub(crate) fn named(entity: EntityIndex) -> Self {
        Self {
            entity,
            route: Route::Name,
            agreement: Agreement::Identical,
            same_letters: true,
            label: true,
            scope: SynonymScope::Exact,
            symbol: false,
            preferred: true,
            taxon: None,
            prominence: 0,
            said: 0,
            said_documents: 0,
            of_taxon: OfTaxon::default(),
            label_like: 0,
            weighed: Weighed::default(),
            probability: 0.0,
        }
    }
}

/// The candidates of a mention while they are gathered.
struct Gathering<'a> {
    vocabulary: Vocabulary<'a>,
    entity_type: EntityType,
    found: Spare<Vec<Candidate>>,
    places: FxHashMap<EntityIndex, usize>,
}

impl Gathering<'_> {
    fn add(&mut self, bearer: &Bearer<'_>, written: &str, route: Route) {
        let facts = self.vocabulary.facts(bearer.entity);
        if !is_compatible(self.entity_type, facts.entity_type) {
            return;
        }
        let candidate = Candidate {
            entity: bearer.entity,
            route,
            agreement: surface::agreement(written, bearer.name),
            same_letters: written.eq_ignore_ascii_case(bearer.name),
            label: bearer.label,
            scope: bearer.scope,
            symbol: surface::is_symbol(facts.entity_type, bearer.name),
            preferred: facts.preferred,
            taxon: facts.taxon,
            prominence: facts.prominence,
            said: 0,
            said_documents: 0,
            of_taxon: OfTaxon::default(),
            label_like: 0,
            weighed: Weighed::default(),
            probability: 0.0,
        };
        match self.places.get(&bearer.entity) {
            Some(&place) => {
                let known = &mut self.found[place];
                if closeness(&candidate) > closeness(known) {
                    *known = candidate;
                }
            }
            None => {
                self.places.insert(bearer.entity, self.found.len());
                self.found.push(candidate);
            }
        }
    }

    fn group(&mut self, group: GroupIndex, written: &str, route: Route) {
        let vocabulary = self.vocabulary;
        for bearer in vocabulary.all_bearers(group).take(BEARERS_LIMIT) {
            self.add(&bearer, written, route);
        }
    }

    /// Adds the entities of a folded name; whether there is any.
    fn key(&mut self, key: &str, written: &str, route: Route) -> bool {
        let before = self.found.len();
        if let Some(group) = self.vocabulary.any_group_of_key(key) {
            self.group(group, written, route);
        }
        self.found.len() > before
    }

    /// Adds the entities of a name as it is written, also in its natural order and without a qualifier.
    fn name(&mut self, name: &str, route: Route) -> bool {
        let before = self.found.len();
        for key in name_keys(name) {
            if self.key(&key, name, route) {
                break;
            }
        }
        self.found.len() > before
    }
}

/// Of two names of one entity the one that counts.
fn closeness(candidate: &Candidate) -> impl Ord + use<> {
    (
        std::cmp::Reverse(candidate.route),
        std::cmp::Reverse(candidate.agreement),
        candidate.same_letters,
        candidate.label,
        std::cmp::Reverse(candidate.scope),
    )
}

/// Whether an entity may be what a mention of a type speaks of.
pub(super) fn is_compatible(wanted: EntityType, own: EntityType) -> bool {
    wanted == own || wanted == EntityType::Disease && own == EntityType::Phenotype
}

/// A name that is looked for: what is written, and its tokens.
struct Written<'w> {
    text: &'w str,
    folded: &'w FoldedText,
    tokens: Range<usize>,
}

impl<'w> Written<'w> {
    fn key(&self) -> &'w str {
        self.folded.key(self.tokens.start, self.tokens.end)
    }
}

/// What a name is by itself, whatever the document.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct ByItself {
    /// Whether it is of common words.
    pub common_word: bool,
    /// What the ranker weighs of none of its candidates being meant.
    pub none: f32,
}

/// A name whose candidates are asked for.
pub(super) struct Asked<'t> {
    entity_type: EntityType,
    /// The name.
    pub text: &'t str,
    /// The passage and the tokens of it, where it stands in the text.
    place: Option<(usize, Range<usize>)>,
}

impl<'t> Asked<'t> {
    /// That of a mention.
    pub(super) fn of(target: &'t Target, passages: &'t [PassageText<'_>]) -> Self {
        let place = target.name.is_none().then(|| (target.passage, target.tokens.clone()));
        Self { entity_type: target.entity_type, text: target.written(passages), place }
    }

    /// One that is no mention.
    pub(super) const fn by_itself(entity_type: EntityType, text: &'t str) -> Self {
        Self { entity_type, text, place: None }
    }

    /// Calls `take` with it as it is looked for.
    fn with_written<R>(&self, passages: &[PassageText<'_>], take: impl FnOnce(&Written<'_>) -> R) -> R {
        let text = self.text;
        if let Some((passage, tokens)) = &self.place {
            let folded = &passages[*passage].folded;
            return take(&Written { text, folded, tokens: tokens.clone() });
        }
        let mut folded = SpareText::take();
        folded.fold(text);
        take(&Written { text, folded: &folded, tokens: 0..folded.tokens().len() })
    }
}

/// The hash by which the candidates of a name are kept, which come nearer; none where something is held out.
pub(super) fn look_towards(
    document: &Document<'_>,
    asked: &Asked<'_>,
    held_out: Option<&HeldOut>,
) -> Option<u64> {
    if held_out.is_some() {
        return None;
    }
    let (entity_type, text) = (asked.entity_type, asked.text);
    let own = |written: &Written<'_>| name_hash(entity_type, written, document.other_form(text));
    let mut name = asked.with_written(document.passages, own);
    if entity_type == EntityType::Species && document.binomials.speak_of(text) {
        name = hash_of_binomials(&document.binomials, text, name);
    }
    document.entities.borrow().names.look_towards(name);
    Some(name)
}

/// The candidates of a name, the closest first, with what the ranker weighs of each by itself, and what the name is. `name` is the
/// hash that they are kept by. Where there are several it asks for the words of their names.
pub(super) fn candidates(
    document: &Document<'_>,
    asked: &Asked<'_>,
    name: Option<u64>,
    held_out: Option<&HeldOut>,
) -> Linked {
    let linked = |candidates: Spare<Vec<Candidate>>, by_itself, words: &[u64], settled| {
        let words = if candidates.len() > 1 { document.ask_for_words(words) } else { 0 };
        Linked { candidates, by_itself, words, settled, ..Linked::default() }
    };
    let entities = document.entities.borrow();
    if let Some(kept) = name.and_then(|name| entities.names.get(name)) {
        let mut candidates = Spare::with_room(kept.candidates.len());
        candidates.extend(kept.candidates.iter().map(Candidate::by_itself));
        return linked(candidates, kept.by_itself, kept.words, kept.settled);
    }
    drop(entities);
    let other = document.other_form(asked.text);
    let (by_itself, candidates) = asked.with_written(document.passages, |written| {
        find_described(document, asked.entity_type, (written, other), held_out)
    });
    let words = if candidates.len() > 1 {
        words_of_names(document.vocabulary, candidates.iter().map(|own| own.entity))
    } else {
        Vec::new()
    };
    let mut found = KeptName { by_itself, candidates: &candidates, words: &words, settled: None };
    if let Some(name) = name {
        found.settled = Chances::settled(document, asked.entity_type, found);
        document.entities.borrow_mut().names.keep(name, found);
    }
    let settled = found.settled;
    linked(candidates, by_itself, &words, settled)
}

/// The hash of all that candidates are told by, where the document's binomials have no say ([`hash_of_binomials`]).
fn name_hash(entity_type: EntityType, written: &Written<'_>, other: Option<OtherForm<'_>>) -> u64 {
    let name = xxh3_64_with_seed(written.text.as_bytes(), alias_key(entity_type, written.key()));
    match other {
        None => name,
        Some(OtherForm::Long(long)) => xxh3_64_with_seed(long.as_bytes(), name),
        Some(OtherForm::Short(short)) => xxh3_64_with_seed(short.as_bytes(), !name),
    }
}

/// The hash of a name with all that the document's binomials say of it ([`add_binomials`]).
fn hash_of_binomials(binomials: &Binomials<'_>, written: &str, name: u64) -> u64 {
    const FULL: u64 = 1;
    const ONLY: u64 = 2;
    const KNOWN: u64 = 3;
    let with = |told: &str, kind: u64| xxh3_64_with_seed(told.as_bytes(), name.rotate_left(32) ^ kind);
    match (binomials.full(written), binomials.only_species(written)) {
        (Some(full), _) => with(full, FULL),
        (None, Some(only)) => with(only, ONLY),
        (None, None) => {
            let mut hash = with("", KNOWN);
            binomials.of_known_genera(written, |name| hash = xxh3_64_with_seed(name.as_bytes(), hash));
            hash
        }
    }
}

fn find_described(
    document: &Document<'_>,
    entity_type: EntityType,
    name: (&Written<'_>, Option<OtherForm<'_>>),
    held_out: Option<&HeldOut>,
) -> (ByItself, Spare<Vec<Candidate>>) {
    let mut found = find(document, entity_type, name, held_out);
    describe_alone(document, (entity_type, name.0.text), &mut found, held_out);
    let by_itself = ByItself {
        common_word: surface::is_common_word(name.0.text),
        none: none((&document.models.linking, false), entity_type, &found).logit,
    };
    (by_itself, found)
}

fn find(
    document: &Document<'_>,
    entity_type: EntityType,
    (name, other): (&Written<'_>, Option<OtherForm<'_>>),
    held_out: Option<&HeldOut>,
) -> Spare<Vec<Candidate>> {
    let (written, key) = (name.text, name.key());
    let mut gathering = Gathering {
        vocabulary: document.vocabulary,
        entity_type,
        found: Spare::take(),
        places: FxHashMap::default(),
    };
    gathering.key(key, written, Route::Name);
    match other {
        Some(OtherForm::Long(long)) => find_name(&mut gathering, long, Route::LongForm),
        Some(OtherForm::Short(short)) if gathering.found.is_empty() => {
            gathering.name(short, Route::ShortForm);
        }
        _ => {}
    }
    if entity_type == EntityType::Species {
        add_binomials(document, &mut gathering, written);
    }
    add_aliases(document, &mut gathering, key, written, held_out);
    if gathering.found.is_empty() {
        find_less(&mut gathering, name);
    }
    if gathering.found.is_empty() && entity_type != EntityType::Gene {
        add_slip(document, &mut gathering, key, written);
    }
    if entity_type == EntityType::Species {
        add_parents(&mut gathering, written);
    }
    finish(gathering.found)
}

/// Adds what bears a name that the written one is a slip of the pen away from. Its forms are many, and are tried once.
fn add_slip(document: &Document<'_>, gathering: &mut Gathering<'_>, key: &str, written: &str) {
    let find = |gathering: &mut Gathering<'_>| {
        let mut slip = None;
        misspelt::find(key, |form| {
            let is_name = gathering.key(form, written, Route::Misspelt);
            slip = is_name.then(|| form.into());
            is_name
        });
        slip
    };
    let mut entities = document.entities.borrow_mut();
    let slip = entities.slip_of(alias_key(gathering.entity_type, key), || find(gathering));
    if let Some(form) = slip.filter(|_| gathering.found.is_empty()) {
        gathering.key(form, written, Route::Misspelt);
    }
}

/// Adds what the binomials of the document say of a genus, or of an initial before an epithet.
fn add_binomials(document: &Document<'_>, gathering: &mut Gathering<'_>, written: &str) {
    if let Some(full) = document.binomials.full(written) {
        gathering.name(full, Route::Binomial);
    } else if let Some(only) = document.binomials.only_species(written) {
        gathering.name(only, Route::OnlySpecies);
    } else {
        document.binomials.of_known_genera(written, |name| {
            gathering.name(name, Route::Binomial);
        });
    }
}

/// Adds what few candidates lie in, where it has the name of a species or lower: some papers mean the species by a
/// strain's name, and some corpora have no strains.
fn add_parents(gathering: &mut Gathering<'_>, written: &str) {
    if gathering.found.len() > PARENTS_OF_LIMIT {
        return;
    }
    let vocabulary = gathering.vocabulary;
    let entities: Vec<EntityIndex> = gathering.found.iter().map(|candidate| candidate.entity).collect();
    for parent in entities.into_iter().flat_map(|entity| vocabulary.parents(entity)) {
        let name = vocabulary.label(parent);
        if is_of_several_words(name) {
            let bearer = Bearer { entity: parent, label: false, scope: SynonymScope::Broad, name };
            gathering.add(&bearer, written, Route::Parent);
        }
    }
}

/// Whether a taxon's preferred name is of several words, as those of genera and above are not; what the publisher adds in
/// angle brackets to tell namesakes apart is no word.
fn is_of_several_words(label: &str) -> bool {
    label.contains(' ') && !label.contains('<')
}

/// The closest candidates, in an order that does not depend on how they were found. What the name was said of is always
/// among them: hundreds of taxa are called "yeast".
fn finish(mut found: Spare<Vec<Candidate>>) -> Spare<Vec<Candidate>> {
    let key = |c: &Candidate| {
        (c.route, std::cmp::Reverse(c.said > 0), c.agreement, !c.label, c.scope, !c.preferred)
    };
    let order = |one: &Candidate, other: &Candidate| {
        key(one)
            .cmp(&key(other))
            .then_with(|| other.prominence.cmp(&one.prominence))
            .then_with(|| one.entity.cmp(&other.entity))
    };
    if found.len() > CANDIDATES_LIMIT {
        found.sort_by(|one, other| (one.said == 0).cmp(&(other.said == 0)).then_with(|| order(one, other)));
        found.truncate(CANDIDATES_LIMIT);
    }
    found.sort_by(order);
    found
}

/// Adds what a long form may speak of.
fn find_name(gathering: &mut Gathering<'_>, name: &str, route: Route) {
    if gathering.name(name, route) {
        return;
    }
    let mut folded = SpareText::take();
    folded.fold(name);
    let count = folded.tokens().len();
    // "human interleukin 7": without words at its beginning
    for start in 1..count.min(WORDS_LEFT_OUT_LIMIT + 1) {
        if gathering.key(folded.key(start, count), name, route) {
            return;
        }
    }
    bags(gathering, name, &mut (0..count).map(|at| folded.folded(at)), route);
}

fn add_aliases(
    document: &Document<'_>,
    gathering: &mut Gathering<'_>,
    key: &str,
    written: &str,
    held_out: Option<&HeldOut>,
) {
    for said in document.models.aliases.of(alias_key(gathering.entity_type, key), held_out) {
        let Some(entity) = said.id.parse::<Curie>().ok().and_then(|id| document.vocabulary.find(&id)) else {
            continue;
        };
        let name = document.vocabulary.label(entity);
        let bearer = Bearer { entity, label: false, scope: SynonymScope::Related, name };
        gathering.add(&bearer, written, Route::Alias);
        if let Some(&place) = gathering.places.get(&entity) {
            let own = &mut gathering.found[place];
            own.said += said.count;
            own.said_documents = own.said_documents.max(said.documents);
        }
    }
}

/// The names that are left of a mention without its idle words, or in other words.
fn find_less(gathering: &mut Gathering<'_>, name: &Written<'_>) {
    let Written { text: written, folded, tokens: Range { start, end } } = name;
    let (start, end) = (*start, *end);
    let idle = |list: &[&str], at: usize| list.contains(&folded.folded(at));
    let before = (start..end).take(WORDS_LEFT_OUT_LIMIT).take_while(|&at| idle(IDLE_BEFORE, at)).count();
    let after = (start..end).rev().take(WORDS_LEFT_OUT_LIMIT).take_while(|&at| idle(IDLE_AFTER, at)).count();
    if gathering.entity_type != EntityType::Gene && find_joined(gathering, name) {
        return;
    }
    let route = Route::LessIdleWords;
    for (less_before, less_after) in [(0, after), (before, 0), (before, after), (1, 0), (0, 1)] {
        let (from, to) = (start + less_before, end.saturating_sub(less_after));
        let some = less_before + less_after > 0 && from < to;
        let known = less_before <= before && less_after <= after;
        if some && known && gathering.key(folded.key(from, to), written, route) {
            return;
        }
    }
    if gathering.entity_type == EntityType::Species {
        if let Some(initial) = binomial_initial(written) {
            for group in gathering.vocabulary.binomials(initial, folded.folded(end.saturating_sub(1))) {
                gathering.group(group, written, Route::LikeWords);
            }
            if !gathering.found.is_empty() {
                return;
            }
        }
        // a strain's name begins with its species'
        for to in (start + 1..end).rev().take(8) {
            if gathering.key(folded.key(start, to), written, Route::LessIdleWords) {
                return;
            }
        }
    }
    bags(gathering, written, &mut (start..end).map(|at| folded.folded(at)), Route::SameWords);
}

/// Adds what bears the name with two of its words written as one: "methyl dopa" is methyldopa.
fn find_joined(gathering: &mut Gathering<'_>, name: &Written<'_>) -> bool {
    let Written { text, folded, tokens: Range { start, end } } = name;
    let long_enough = |at: usize| folded.folded(at).len() >= JOINED_BYTES_MIN;
    let mut key = String::new();
    (start + 1..*end).take(JOINED_LIMIT).filter(|&at| long_enough(at - 1) && long_enough(at)).any(|at| {
        key.clear();
        key.push_str(folded.key(*start, at));
        key.push_str(folded.key(at, *end));
        gathering.key(&key, text, Route::SameWords)
    })
}

/// The initial, in lower case, of a name such as "E. coli".
fn binomial_initial(written: &str) -> Option<char> {
    let (genus, epithet) = written.split_once('.')?;
    let epithet = epithet.trim_start();
    let good = genus.len() == 1 && epithet.len() > 3 && epithet.bytes().all(|byte| byte.is_ascii_lowercase());
    genus
        .chars()
        .next()
        .filter(|initial| good && initial.is_ascii_uppercase())
        .map(|initial| initial.to_ascii_lowercase())
}

/// Adds what bears a name of the same words, or else of nearly the same.
fn bags(gathering: &mut Gathering<'_>, written: &str, tokens: &mut dyn Iterator<Item = &str>, route: Route) {
    let Some(bag) = Bag::of(tokens) else { return };
    let hashes = bag.hashes();
    let from = |other: Route| if route == Route::LongForm { route } else { other };
    for (hash, route) in [(hashes.strict, from(Route::SameWords)), (hashes.loose, from(Route::LikeWords))] {
        for group in gathering.vocabulary.groups_with_bag(hash) {
            gathering.group(group, written, route);
        }
        if !gathering.found.is_empty() {
            return;
        }
    }
    let less: Vec<_> = bag.without_each().map(|(_, hashes)| hashes).collect();
    for hash in less.iter().map(|less| less.strict).chain(less.iter().map(|less| less.loose)) {
        for group in gathering.vocabulary.groups_with_bag(hash) {
            gathering.group(group, written, from(Route::LessWord));
        }
        if gathering.found.len() > CANDIDATES_LIMIT {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::spare::tests::holds_bound;

    #[test]
    fn lists_of_candidates_are_kept_within_their_bound() {
        holds_bound(CANDIDATES_BYTES_LIMIT, |bytes| {
            Vec::<Candidate>::with_capacity(bytes / size_of::<Candidate>())
        });
    }

    #[test]
    fn genera_are_no_parents_of_strains() {
        for (label, expected) in [
            ("Bacillus amyloliquefaciens", true),
            ("Human betaherpesvirus 5", true),
            ("Bacillus", false),
            ("Bacillus <stick insects>", false),
        ] {
            assert_eq!(is_of_several_words(label), expected, "{label}");
        }
    }
}

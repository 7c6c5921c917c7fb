//! Linking: which entity each mention speaks of, ranked by a trained linear model, or none.

pub(crate) mod aliases;
pub(crate) mod candidates;
mod defined;
mod definitions;
mod document_words;
pub(crate) mod entities;
pub(crate) mod features;
pub(crate) mod focus;
mod idle;
mod kept;
mod known_texts;
mod misspelt;
pub(crate) mod parts;
mod preferences;
mod weights;

use std::cell::{Cell, LazyCell, RefCell};
use std::ops::Range;

use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use super::binomials::Binomials;
use super::models::Models;
use super::passages::PassageText;
use super::recognise::Prepared;
use super::recognise::lexicon::Lexicon;
use super::recognise::view::{PassageView, binomials};
use super::species::{Evidence, HUMAN, SpeciesWord, SpeciesWords, Taxon, split_prefix};
use super::surface::Agreement;
use super::variants::{Certainty, find_variants};
use super::vocabulary::Vocabulary;
use crate::catalog::EntityIndex;
use crate::model::{EntityType, Span};
use crate::text::pauses::{work_done, worked};
use crate::text::{Spare, spared};
use aliases::HeldOut;
use candidates::{Asked, ByItself, Candidate, Route};
use definitions::Definitions;
use document_words::Words;
use entities::{Entities, Form};
use features::{Conventions, Told};
use focus::CLASSES;
use kept::KeptName;
use known_texts::KnownTexts;
pub(crate) use weights::LinkModel;

/// A mention to link.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Target {
    /// The passage it stands in.
    pub passage: usize,
    /// Where, in bytes.
    pub span: Span,
    /// The tokens it covers.
    pub tokens: Range<usize>,
    /// Its type.
    pub entity_type: EntityType,
    /// Its name where that is not what stands there: "BRCA2" at the 2 of "BRCA1/2".
    pub name: Option<SmolStr>,
    /// The mention of several entities that it is a part of.
    pub composite: Option<Span>,
    /// What it scores, where a model has found it.
    pub score: f32,
}

spared!(Vec<Target>);

impl Target {
    /// The target of a span.
    pub(crate) fn new(
        passages: &[PassageText<'_>],
        passage: usize,
        span: Span,
        entity_type: EntityType,
    ) -> Self {
        let tokens = passages[passage].folded.tokens_within(span.start, span.end);
        Self { passage, span, tokens, entity_type, name: None, composite: None, score: 0.0 }
    }

    /// Its name: what is written, or what that stands for as a part of its mention.
    pub(crate) fn written<'t>(&'t self, passages: &'t [PassageText<'_>]) -> &'t str {
        self.name.as_deref().unwrap_or_else(|| passages[self.passage].slice(self.span))
    }
}

/// The species of a gene, and what told it.
pub(super) type ToldSpecies = Option<(Taxon, Evidence)>;

/// What a mention was linked to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Linked {
    /// The candidates, the likeliest first.
    pub candidates: Spare<Vec<Candidate>>,
    /// How likely none of them is meant.
    pub none: f32,
    /// What told the species of a gene.
    pub species: ToldSpecies,
    /// The most that one of its mentions scores, where these are told.
    pub most: Cell<f32>,
    /// Whether it is a short form whose long form says that it is no such mention.
    pub denied: bool,
    /// What its name is by itself.
    pub by_itself: ByItself,
    /// Where the words of the names of its candidates stand, of several in their first order ([`Words::ask`]).
    words: usize,
    /// What comes of it without support and with it, where nothing else has a say.
    settled: Option<[Chances; 2]>,
}

spared!(Vec<Linked>);

/// What the mentions of a document were linked to.
#[derive(Debug, Default)]
pub(crate) struct Links {
    /// What mentions were linked to: those that are linked alike share it.
    linked: Spare<Vec<Linked>>,
    /// The place of each mention's among them.
    places: Spare<Vec<usize>>,
}

impl Links {
    /// What each mention was linked to, in their order.
    pub(crate) fn each(&self) -> impl Iterator<Item = &Linked> {
        self.places.iter().map(|place| &self.linked[*place])
    }
}

/// Another form of a name, by the document's abbreviations.
#[derive(Debug, Clone, Copy)]
enum OtherForm<'d> {
    /// The long form of a short one.
    Long(&'d str),
    /// The short form of a long one.
    Short(&'d str),
}

/// What linking needs of a document.
pub(crate) struct Document<'a> {
    /// The catalog.
    pub vocabulary: Vocabulary<'a>,
    /// The models.
    pub models: &'a Models,
    /// The passages.
    pub passages: &'a [PassageText<'a>],
    /// What its short forms stand for.
    definitions: Definitions<'a>,
    /// The organisms that it names in two words.
    pub binomials: Binomials<'a>,
    /// The entities that a clear name in it speaks of, sorted once all are known.
    support: Spare<Vec<EntityIndex>>,
    /// What its words are read of, and its words, which are read when they are first asked for: not every document has names of
    /// which words tell what they stand for.
    sources: (&'a [PassageView], &'a Lexicon),
    words: RefCell<Option<Words>>,
    /// What is known of entities.
    entities: RefCell<&'a mut Entities>,
}

impl<'a> Document<'a> {
    /// Reads what a document says itself; without its abbreviations where `abbreviations` is false.
    pub(crate) fn new(
        vocabulary: Vocabulary<'a>,
        models: &'a Models,
        passages: &'a [PassageText<'a>],
        prepared: &'a Prepared,
        abbreviations: bool,
        (lexicon, entities): (&'a Lexicon, &'a mut Entities),
    ) -> Self {
        let definitions = if abbreviations { &prepared.definitions[..] } else { &[] };
        Self {
            vocabulary,
            models,
            passages,
            definitions: Definitions::new(passages, definitions),
            binomials: binomials(passages, &prepared.views),
            support: Spare::take(),
            sources: (&prepared.views, lexicon),
            words: RefCell::default(),
            entities: RefCell::new(entities),
        }
    }

    /// What the document says that a name is a form of.
    fn other_form(&self, written: &str) -> Option<OtherForm<'a>> {
        let long = self.definitions.of_short(written).map(|own| OtherForm::Long(own.long));
        long.or_else(|| self.definitions.of_long(written).map(|own| OtherForm::Short(own.short)))
    }

    /// Of an entity the namespace, hashed, and how often the gold data speaks of it, less what is held out.
    fn known(&self, entity: EntityIndex, held_out: Option<&HeldOut>) -> (u64, u32) {
        let mut entities = self.entities.borrow_mut();
        let known = entities.of(self.vocabulary, self.models, entity);
        (known.namespace, known.total(self.models, held_out))
    }

    /// Adds the words that speak of people to `species`, and tells how likely it is about each class of species, by all its words;
    /// `None` where no model tells.
    fn read_words(&self, species: &mut Vec<SpeciesWord>) -> Option<([f32; CLASSES], u16)> {
        let (views, lexicon) = self.sources;
        let mut told = self.models.focus.told();
        for (passage, (text, view)) in self.passages.iter().zip(views).enumerate() {
            for (block, numbers) in view.words.chunks(PIECES_TOGETHER).enumerate() {
                work_done(2 * numbers.len());
                // what they lead to is looked towards before the first is read
                let (mut places, mut people) = ([0; PIECES_TOGETHER], 0_u64);
                for (at, (place, number)) in places.iter_mut().zip(numbers).enumerate() {
                    *place = lexicon.focus(*number);
                    people |= u64::from(lexicon.is_of_people(*number)) << at;
                }
                let places = &places[..numbers.len()];
                places.iter().for_each(|place| told.look_towards(*place));
                told.add(places);
                while people != 0 {
                    let at = block * PIECES_TOGETHER + people.trailing_zeros() as usize;
                    people &= people - 1;
                    let span = view.pieces.pieces[at].token().map(|at| text.span(at, at + 1));
                    species.extend(span.map(|span| SpeciesWord { passage, span, taxon: HUMAN }));
                }
            }
        }
        (!self.models.focus.is_empty()).then(|| told.chances())
    }

    /// The form of a text that was recognised as a variant, where a pattern knows it.
    pub(crate) fn form_of(&self, written: &str) -> Option<Form> {
        let find = || {
            let mut forms = Vec::new();
            find_variants(written, &mut forms);
            let whole = forms.into_iter().find(|form| form.span.len() * 3 >= written.len() * 2)?;
            Some(Form { id: whole.id, certain: whole.certainty == Certainty::Certain })
        };
        self.entities.borrow_mut().form_of(written, find).cloned()
    }

    /// Whether a clear name in it speaks of an entity.
    fn supports(&self, entity: EntityIndex) -> bool {
        self.support.binary_search(&entity).is_ok()
    }

    /// Asks for the words of the names of candidates ([`Words::ask`]).
    fn ask_for_words(&self, names: &[u64]) -> usize {
        let (views, lexicon) = self.sources;
        self.words.borrow_mut().get_or_insert_with(|| Words::new(views, lexicon)).ask(names)
    }

    /// Looks for the words that were asked for, where that was not done.
    fn look_for_words(&self) {
        let (views, lexicon) = self.sources;
        if let Some(words) = &mut *self.words.borrow_mut() {
            words.list(views, lexicon);
        }
    }
}

/// The least words of a text that tell what species it is about beside the names of species.
const FOCUS_WORDS_MIN: u16 = 40;
/// The pieces whose work is told together.
const PIECES_TOGETHER: usize = 64;
/// The distinct texts among mentions, as mentions of one type each, with what they were linked to.
struct Texts {
    /// The first mention of each.
    firsts: Spare<Vec<usize>>,
    /// The text of each mention.
    of_mention: Spare<Vec<usize>>,
    /// How many mentions each has.
    times: Spare<Vec<u32>>,
    /// Of each text the candidates: those of genes with their features but for what species say, all others ranked.
    linked: Spare<Vec<Linked>>,
}

/// Finds the distinct texts and their candidates.
fn gather(document: &mut Document<'_>, targets: &[Target], held_out: Option<&HeldOut>) -> Texts {
    let passages = document.passages;
    let mut known = KnownTexts::new();
    let (mut firsts, mut of_mention) = (Spare::<Vec<usize>>::take(), Spare::<Vec<usize>>::take());
    let (mut times, mut linked) = (Spare::<Vec<u32>>::take(), Spare::<Vec<Linked>>::take());
    for (index, target) in targets.iter().enumerate() {
        work_done(2);
        let text = known.text((target.entity_type, target.written(passages)));
        of_mention.push(text);
        if let Some(times) = times.get_mut(text) {
            *times += 1;
            continue;
        }
        times.push(1);
        firsts.push(index);
    }
    for firsts in firsts.chunks(TEXTS_TOGETHER) {
        find_candidates(document, targets, firsts, held_out, &mut linked);
    }
    document.support.sort_unstable_by_key(|entity| worked(*entity));
    document.support.dedup();
    document.look_for_words();
    for (first, own) in firsts.iter().zip(&mut linked) {
        work_done(2);
        let entity_type = targets[*first].entity_type;
        if let Some(settled) = own.settled {
            let is_supported = own.candidates.first().is_some_and(|only| document.supports(only.entity));
            settled[usize::from(is_supported)].give(own);
            continue;
        }
        features::describe(document, entity_type, own, |own| document.supports(own), held_out);
        if entity_type != EntityType::Gene {
            rank(own);
            if held_out.is_none() {
                preferences::prefer(entity_type, own);
            }
        }
    }
    Texts { firsts, of_mention, times, linked }
}

/// What comes of a name that has one candidate or none.
#[derive(Debug, Clone, Copy, Default)]
struct Chances {
    only: f32,
    none: f32,
}

impl Chances {
    /// What comes of candidates where a document supports them or not, if nothing else has a say: those of genes are told by species,
    /// and several by the document's words.
    fn settled(document: &Document<'_>, entity_type: EntityType, found: KeptName<'_>) -> Option<[Self; 2]> {
        let KeptName { by_itself, candidates, .. } = found;
        let is_settled = entity_type != EntityType::Gene && candidates.len() < 2;
        is_settled.then(|| {
            [false, true].map(|supported| {
                let candidates = candidates.iter().map(Candidate::by_itself).collect();
                let mut linked = Linked { candidates, by_itself, ..Linked::default() };
                features::describe(document, entity_type, &mut linked, |_| supported, None);
                rank(&mut linked);
                preferences::prefer(entity_type, &mut linked);
                let only = linked.candidates.first().map_or(0.0, |only| only.probability);
                Self { only, none: linked.none }
            })
        })
    }

    fn give(self, linked: &mut Linked) {
        linked.none = self.none;
        linked.candidates.iter_mut().for_each(|only| only.probability = self.only);
    }
}

/// The texts whose candidates are looked towards together.
const TEXTS_TOGETHER: usize = 32;

/// Adds the candidates of the texts that some mentions have, and what a clear name of them speaks of to what the document supports.
fn find_candidates(
    document: &mut Document<'_>,
    targets: &[Target],
    firsts: &[usize],
    held_out: Option<&HeldOut>,
    linked: &mut Vec<Linked>,
) {
    let passages = document.passages;
    let mut names = [None; TEXTS_TOGETHER];
    for (name, first) in names.iter_mut().zip(firsts) {
        *name = candidates::look_towards(document, &Asked::of(&targets[*first], passages), held_out);
    }
    let entities = document.entities.borrow();
    names.iter().flatten().for_each(|name| entities.names.look_towards_candidates(*name));
    drop(entities);
    for (name, first) in names.iter().zip(firsts) {
        work_done(8);
        let asked = Asked::of(&targets[*first], passages);
        let own = candidates::candidates(document, &asked, *name, held_out);
        let written = asked.text;
        if written.contains(' ') || written.len() > 8 {
            let clear = own.candidates.iter().filter(|candidate| {
                matches!(candidate.route, Route::Name | Route::LongForm | Route::Binomial)
                    && candidate.agreement <= Agreement::FirstLetter
            });
            document.support.extend(clear.map(|candidate| candidate.entity));
        }
        linked.push(own);
    }
}

spared!(FxHashMap<(usize, ToldSpecies), usize>);

/// Links the mentions of a document; those that are linked alike share what they are linked to. `targets` stand by place.
/// What is held out is for training, which is given the features as well.
pub(crate) fn link(document: &mut Document<'_>, targets: &[Target], held_out: Option<&HeldOut>) -> Links {
    let mut texts = gather(document, targets, held_out);
    if held_out.is_none() {
        defined::follow_long_forms(document, targets, &mut texts);
    }
    let (words, focus) = species_words(document, targets, &texts);
    // in a text of few words the names of species tell more
    let focus =
        focus.filter(|(_, told)| *told >= FOCUS_WORDS_MIN || words.is_empty()).map(|(focus, _)| focus);
    let conventions = conventions(targets, &texts);
    let Texts { of_mention: mut places, mut linked, times, .. } = texts;
    let mut genes: Spare<FxHashMap<(usize, ToldSpecies), usize>> = Spare::take();
    // those of the candidates of the text that was last
    let (mut taxa, mut taxa_of_text): (Spare<Vec<Taxon>>, Option<usize>) = (Spare::take(), None);
    let (model, kept) = (&document.models.linking, held_out.is_some());
    let mut known = document.entities.borrow_mut().take_weights();
    let mut choose = |own: &mut Linked, species| {
        own.species = species;
        let told = Told { words: &words, conventions: &conventions, focus: focus.as_ref(), chosen: species };
        features::describe_species((model, kept, &mut known), &told, &mut own.candidates);
        rank(own);
    };
    for (target, place) in targets.iter().zip(&mut places) {
        work_done(4);
        if target.entity_type != EntityType::Gene {
            continue;
        }
        let text = *place;
        if taxa_of_text.replace(text) != Some(text) {
            taxa.clear();
            taxa.extend(taxa_of(&linked[text]));
            taxa.sort_unstable();
            taxa.dedup();
        }
        let species = choose_species(document, &words, target, &taxa);
        if times[text] == 1 {
            choose(&mut linked[text], species);
            continue;
        }
        *place = *genes.entry((text, species)).or_insert_with(|| {
            let mut own = linked[text].clone();
            choose(&mut own, species);
            linked.push(own);
            linked.len() - 1
        });
    }
    document.entities.borrow_mut().keep_weights(known);
    Links { linked, places }
}

/// In whose symbols' case the document writes its genes.
fn conventions(targets: &[Target], texts: &Texts) -> Conventions {
    let mut conventions = Conventions::new();
    let texts = texts.firsts.iter().zip(&texts.times).zip(&texts.linked);
    for ((_, times), own) in texts.filter(|((first, _), _)| targets[**first].entity_type == EntityType::Gene)
    {
        conventions.count(&own.candidates, *times);
    }
    conventions
}

/// The groups of organisms whose genes papers name by symbols of the kind that the catalog has: chordates, fungi, plants,
/// fruit flies and roundworms. Papers that name viruses, bacteria or mites mostly speak of their host's genes.
const GROUPS_OF_LIKE_SYMBOLS: &[Taxon] = &[7711, 4751, 33_090, 7_215, 6_231];

/// The places that speak of a species: organisms, people and cell lines; and how likely the document is about each class of species,
/// and by how many words. None where there is no gene to tell it of.
fn species_words(
    document: &Document<'_>,
    targets: &[Target],
    texts: &Texts,
) -> (SpeciesWords, Option<([f32; CLASSES], u16)>) {
    if targets.iter().all(|target| target.entity_type != EntityType::Gene) {
        return (SpeciesWords::default(), None);
    }
    let is_of_like_symbols = |taxon: Taxon| {
        document.entities.borrow_mut().is_of_groups(document.vocabulary, taxon, GROUPS_OF_LIKE_SYMBOLS)
    };
    // a catalog may have its genes and not say what group it is of
    let taxa_of_genes = LazyCell::new(|| {
        let own = texts.firsts.iter().zip(&texts.linked);
        let genes = own.filter(|(first, _)| targets[**first].entity_type == EntityType::Gene);
        let mut taxa: Spare<Vec<Taxon>> = genes.flat_map(|(_, own)| taxa_of(own)).collect();
        taxa.sort_unstable_by_key(|taxon| worked(*taxon));
        taxa.dedup();
        taxa
    });
    let has_genes = |taxon: &Taxon| taxa_of_genes.binary_search(taxon).is_ok();
    let words = targets.iter().zip(&texts.of_mention).filter_map(|(target, text)| {
        let own = &texts.linked[*text];
        let speaks = matches!(target.entity_type, EntityType::Species | EntityType::CellLine);
        let best = own.candidates.first().filter(|best| speaks && best.probability >= own.none)?;
        Some(SpeciesWord {
            passage: target.passage,
            span: target.span,
            taxon: best.taxon.filter(|taxon| is_of_like_symbols(*taxon) || has_genes(taxon))?,
        })
    });
    let mut words: Spare<Vec<SpeciesWord>> = words.collect();
    let focus = document.read_words(&mut words);
    (SpeciesWords::new(words), focus)
}

/// The taxa of the candidates of a text, in their order.
fn taxa_of(linked: &Linked) -> impl Iterator<Item = Taxon> {
    linked.candidates.iter().filter_map(|candidate| candidate.taxon)
}

/// The species of a gene of those taxa.
fn choose_species(
    document: &Document<'_>,
    words: &SpeciesWords,
    target: &Target,
    taxa: &[Taxon],
) -> ToldSpecies {
    let passage = &document.passages[target.passage];
    let prefix = split_prefix(target.written(document.passages)).map(|(taxon, _)| (taxon, Evidence::Prefix));
    prefix
        .filter(|(taxon, _)| taxa.contains(taxon))
        .or_else(|| words.choose(target.passage, target.span, passage.sentence(target.span.start), taxa))
}

/// Weighs the candidates of a mention against each other and against none, and sorts them, the likeliest first.
fn rank(linked: &mut Linked) {
    let Linked { candidates, by_itself: ByItself { none, .. }, .. } = linked;
    let none = *none;
    let most = candidates.iter().map(|candidate| candidate.weighed.logit).fold(none, f32::max);
    for candidate in candidates.iter_mut() {
        candidate.probability = (candidate.weighed.logit - most).exp();
    }
    let none = (none - most).exp();
    let sum = candidates.iter().map(|candidate| candidate.probability).sum::<f32>() + none;
    linked.none = none / sum;
    for candidate in candidates.iter_mut() {
        candidate.probability /= sum;
    }
    // stable: of equals the closer one stays first
    candidates.sort_by(|one, other| other.probability.total_cmp(&one.probability));
}

//! The namespaces whose spelling variants are known: the Bioregistry's, with what their local identifiers look like.

use std::borrow::Cow;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// The most bytes of a prefix that is looked up; a longer one is of no namespace here.
const PREFIX_BYTES_LIMIT: usize = 48;

/// What the local identifiers of a namespace look like.
#[derive(Clone, Copy)]
pub(super) enum Local {
    /// Digits without leading zeros.
    Number,
    /// Digits without leading zeros, which people write behind that head.
    NumberBehind(&'static str),
    /// Digits, whose leading zeros belong to the identifier (both DOID:9538 and DOID:0060155 are preferred forms).
    Digits,
    /// Exactly that many digits; fewer are filled with zeros.
    Padded(usize),
    /// Exactly that many digits, which people write behind that head.
    PaddedBehind(usize, &'static str),
    /// A letter of the set and digits.
    LetterDigits(&'static str),
    /// That head (as written here) and then letters and digits in upper case.
    Head(&'static str),
    /// One of the heads (as written here) and digits; the first head is understood.
    Heads(&'static [&'static str]),
    /// Letters in upper case, digits, and any of `-./`.
    Upper,
    /// Any characters without white space, in their case.
    Free,
    /// A number of the Chemical Abstracts Service, such as 50-78-2.
    Cas,
    /// A stable identifier; the version of those that begin with `ENS` is left out.
    Ensembl,
    /// `rs` and digits.
    RefSnp,
}

pub(super) struct Namespace {
    pub(super) prefix: &'static str,
    /// In lower case, without spaces, `_`, `-` and `.`; the prefix itself is understood.
    aliases: &'static [&'static str],
    pub(super) local: Local,
    pub(super) example: &'static str,
}

const fn namespace(
    prefix: &'static str,
    aliases: &'static [&'static str],
    local: Local,
    example: &'static str,
) -> Namespace {
    Namespace { prefix, aliases, local, example }
}

const TAXON_ALIASES: &[&str] =
    &["taxon", "taxonomy", "tax", "taxid", "txid", "taxonid", "ncbitax", "ncbitaxid", "ncbitaxonomy"];
const GENE_ALIASES: &[&str] =
    &["gene", "geneid", "entrez", "entrezgene", "entrezgeneid", "egid", "ncbigeneid", "eg", "entrezid"];
const ORPHANET_ALIASES: &[&str] = &["ordo", "orpha", "orphanetordo", "orphacode", "orphanetid"];
const SNOMED_ALIASES: &[&str] = &["sctid", "snomed", "snomedctus", "snomedctid", "sct"];
const FLYBASE_HEADS: &[&str] = &["FBgn", "FBal", "FBtr", "FBpp", "FBst", "FBti", "FBtp", "FBab"];
const WORMBASE_HEADS: &[&str] = &["WBGene", "WBVar", "WBRNAi", "WBStrain", "WBTransgene"];

const NAMESPACES: &[Namespace] = &[
    namespace("NCBIGene", GENE_ALIASES, Local::Number, "NCBIGene:3574"),
    namespace("MESH", &["msh", "meshid", "meshui"], Local::LetterDigits("CDQ"), "MESH:D009101"),
    namespace("NCBITaxon", TAXON_ALIASES, Local::Number, "NCBITaxon:9606"),
    namespace("MONDO", &["mondoid"], Local::Padded(7), "MONDO:0009693"),
    namespace("DOID", &["do", "diseaseontology"], Local::Digits, "DOID:9538"),
    namespace("OMIM", &["mim", "mimid", "omimid"], Local::Padded(6), "OMIM:146660"),
    namespace("OMIMPS", &["mimps", "phenotypicseries"], Local::PaddedBehind(6, "PS"), "OMIMPS:203655"),
    namespace("CHEBI", &["chebiid"], Local::Number, "CHEBI:15377"),
    namespace("HGNC", &["hgncid"], Local::Number, "HGNC:6023"),
    namespace("HGNC_GROUP", &["hgncgenegroup", "hgncfamily", "genegroup"], Local::Number, "HGNC_GROUP:594"),
    namespace("HP", &["hpo"], Local::Padded(7), "HP:0001888"),
    namespace("GO", &["geneontology"], Local::Padded(7), "GO:0006915"),
    namespace("CL", &["cellontology"], Local::Padded(7), "CL:0000084"),
    namespace("UBERON", &[], Local::Padded(7), "UBERON:0000955"),
    namespace("SO", &["sequenceontology"], Local::Padded(7), "SO:0000704"),
    namespace("MOP", &[], Local::Padded(7), "MOP:0000568"),
    namespace("EFO", &["efoid"], Local::Padded(7), "EFO:0009491"),
    namespace("PR", &["proteinontology"], Local::Upper, "PR:000001004"),
    namespace("MGI", &["mgiid"], Local::Number, "MGI:96561"),
    namespace("RGD", &["rgdid"], Local::Number, "RGD:2003"),
    namespace("FLYBASE", &["fb", "fbgn"], Local::Heads(FLYBASE_HEADS), "FLYBASE:FBgn0040373"),
    namespace("WORMBASE", &["wb", "wbgene"], Local::Heads(WORMBASE_HEADS), "WORMBASE:WBGene00022277"),
    namespace("ZFIN", &["zfinid"], Local::Upper, "ZFIN:ZDB-GENE-980526-104"),
    namespace("SGD", &["sgdid"], Local::LetterDigits("S"), "SGD:S000001855"),
    namespace("cellosaurus", &["cvcl", "rrid"], Local::Head("CVCL_"), "cellosaurus:CVCL_0224"),
    namespace("DRUGBANK", &["drugbankid"], Local::Head("DB"), "DRUGBANK:DB00945"),
    namespace("ENSEMBL", &["ensemblid", "ensemblgene"], Local::Ensembl, "ENSEMBL:ENSG00000104432"),
    namespace("dbSNP", &["snp", "refsnp"], Local::RefSnp, "dbSNP:rs113488022"),
    namespace("UMLS", &["umlscui", "umlsid"], Local::LetterDigits("C"), "UMLS:C0012634"),
    namespace("orphanet", ORPHANET_ALIASES, Local::NumberBehind("ORPHA"), "orphanet:2608"),
    namespace("NCIT", &["nci", "ncithesaurus", "ncitid"], Local::LetterDigits("C"), "NCIT:C2991"),
    namespace("SNOMEDCT", SNOMED_ALIASES, Local::Number, "SNOMEDCT:64572001"),
    namespace("ICD10CM", &[], Local::Upper, "ICD10CM:E30.1"),
    namespace("ICD9CM", &["icd9"], Local::Upper, "ICD9CM:372.40"),
    namespace("ICD10", &["icd10who"], Local::Upper, "ICD10:E30.1"),
    namespace("ICD11", &["icd11foundation", "icd11code"], Local::Upper, "ICD11:2A81.Z"),
    namespace("ICDO", &["icdo3"], Local::Upper, "ICDO:9833/3"),
    namespace("MEDGEN", &["medgenuid"], Local::Number, "MEDGEN:4347"),
    namespace("GARD", &[], Local::Number, "GARD:5659"),
    namespace("MEDDRA", &["meddrallt"], Local::Number, "MEDDRA:10060873"),
    namespace("FPLX", &["famplex"], Local::Free, "FPLX:ERK"),
    namespace("CAS", &["casrn", "casid", "casnumber"], Local::Cas, "CAS:50-78-2"),
    namespace("UNII", &["uniiid"], Local::Upper, "UNII:R16CO5Y76E"),
    namespace("UniProt", &["uniprotkb", "uniprotid", "swissprot", "up"], Local::Upper, "UniProt:P13232"),
];

/// The namespaces by their preferred spelling and by every other one.
static BY_NAME: LazyLock<FxHashMap<&'static str, &'static Namespace>> = LazyLock::new(|| {
    let mut by_name = FxHashMap::default();
    for namespace in NAMESPACES {
        by_name.insert(namespace.prefix, namespace);
        for alias in namespace.aliases {
            by_name.insert(alias, namespace);
        }
    }
    for namespace in NAMESPACES {
        // The prefix in its plain form, which the few places here may keep for the life of the program.
        let plain: String = namespace.prefix.chars().filter_map(plain).collect();
        if !by_name.contains_key(plain.as_str()) {
            by_name.insert(String::leak(plain), namespace);
        }
    }
    by_name
});

/// The character without what people vary in prefixes: case, spaces, `_`, `-`, `.`.
fn plain(c: char) -> Option<char> {
    (!matches!(c, ' ' | '_' | '-' | '.')).then_some(c.to_ascii_lowercase())
}

/// The namespace that a prefix names, in whatever spelling. Takes no memory, since it is asked millions of times when
/// terminologies are read.
pub(super) fn namespace_of(prefix: &str) -> Option<&'static Namespace> {
    if let Some(found) = BY_NAME.get(prefix) {
        return Some(found);
    }
    if prefix.len() > PREFIX_BYTES_LIMIT || !prefix.is_ascii() {
        return None;
    }
    let mut buffer = [0; PREFIX_BYTES_LIMIT];
    let mut length = 0;
    for (place, c) in buffer.iter_mut().zip(prefix.chars().filter_map(plain)) {
        *place = u8::try_from(c).ok()?;
        length += 1;
    }
    let plain = std::str::from_utf8(&buffer[..length]).ok()?;
    // An edition of SNOMED CT is the same namespace: SNOMEDCT_US_2025_09_01.
    let edition =
        plain.strip_prefix("snomedctus").filter(|date| date.bytes().all(|byte| byte.is_ascii_digit()));
    BY_NAME.get(if edition.is_some() { "snomedctus" } else { plain }).copied()
}

/// The namespace that a local identifier of another is really of: `OMIM:PS203655`, `Ensembl:WBGene00022277`.
pub(super) fn really_of(prefix: &str, local: &str) -> Option<&'static Namespace> {
    let begins = |head: &str| local.get(..head.len()).is_some_and(|start| start.eq_ignore_ascii_case(head));
    match prefix {
        "OMIM" if begins("PS") => namespace_of("OMIMPS"),
        "ENSEMBL" if begins("WBGene") => namespace_of("WORMBASE"),
        "ENSEMBL" if begins("FBgn") => namespace_of("FLYBASE"),
        _ => None,
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn upper(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|byte| byte.is_ascii_lowercase()) {
        Cow::Owned(text.to_ascii_uppercase())
    } else {
        Cow::Borrowed(text)
    }
}

/// What follows a head in any case; the whole where it has none.
fn behind<'t>(head: &str, text: &'t str) -> &'t str {
    match text.split_at_checked(head.len()) {
        Some((start, tail)) if start.eq_ignore_ascii_case(head) => tail.trim_start_matches([':', '_']),
        _ => text,
    }
}

fn number(text: &str) -> Option<Cow<'_, str>> {
    let trimmed = text.trim_start_matches('0');
    (is_number(text) && !trimmed.is_empty()).then_some(Cow::Borrowed(trimmed))
}

fn padded(width: usize, text: &str) -> Option<Cow<'_, str>> {
    match is_number(text) && text.len() <= width {
        true if text.len() == width => Some(Cow::Borrowed(text)),
        true => Some(Cow::Owned(format!("{text:0>width$}"))),
        false => None,
    }
}

/// A local identifier in its namespace's preferred form; `None` when it cannot be of the namespace.
pub(super) fn normalise_local(shape: Local, local: &str) -> Option<Cow<'_, str>> {
    match shape {
        Local::Number => number(local),
        Local::NumberBehind(head) => number(behind(head, local)),
        Local::Digits => is_number(local).then_some(Cow::Borrowed(local)),
        Local::Padded(width) => padded(width, local),
        Local::PaddedBehind(width, head) => padded(width, behind(head, local)),
        Local::LetterDigits(letters) => {
            let upper = upper(local);
            let first = upper.chars().next()?;
            (letters.contains(first) && is_number(&upper[first.len_utf8()..])).then_some(upper)
        }
        Local::Head(head) => {
            let upper = upper(local);
            let tail = upper.strip_prefix(head).unwrap_or(&upper);
            let good = !tail.is_empty() && tail.bytes().all(|b| b.is_ascii_alphanumeric());
            match good {
                true if tail.len() < upper.len() => Some(upper),
                true => Some(Cow::Owned(format!("{head}{tail}"))),
                false => None,
            }
        }
        Local::Heads(heads) => with_one_of(heads, local),
        Local::Upper => {
            let good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'/');
            (local.bytes().any(|byte| byte.is_ascii_digit()) && local.bytes().all(good)).then(|| upper(local))
        }
        Local::Free => {
            let odd = |c: char| c.is_control() || matches!(c, '<' | '>' | '"' | '\\');
            (!local.contains(odd)).then_some(Cow::Borrowed(local))
        }
        Local::Cas => {
            let (rest, check) = local.rsplit_once('-')?;
            let (first, second) = rest.split_once('-')?;
            let lengths = matches!((first.len(), second.len(), check.len()), (2..=7, 2, 1));
            let good = lengths && [first, second, check].into_iter().all(is_number);
            good.then_some(Cow::Borrowed(local))
        }
        Local::Ensembl => ensembl(local),
        Local::RefSnp => {
            let digits = behind("rs", local);
            is_number(digits).then(|| Cow::Owned(format!("rs{digits}")))
        }
    }
}

fn with_one_of<'t>(heads: &[&str], local: &'t str) -> Option<Cow<'t, str>> {
    if heads.iter().any(|head| local.strip_prefix(head).is_some_and(is_number)) {
        return Some(Cow::Borrowed(local));
    }
    if is_number(local) {
        return Some(Cow::Owned(format!("{}{local}", heads.first()?)));
    }
    heads.iter().find_map(|head| {
        let (start, tail) = local.split_at_checked(head.len())?;
        (start.eq_ignore_ascii_case(head) && is_number(tail)).then(|| Cow::Owned(format!("{head}{tail}")))
    })
}

fn ensembl(local: &str) -> Option<Cow<'_, str>> {
    let is_versioned = local.get(..3).is_some_and(|head| head.eq_ignore_ascii_case("ENS"));
    let stable = match local.split_once('.') {
        Some((stable, version)) if is_versioned && is_number(version) => stable,
        _ => local,
    };
    let good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'(' | b')');
    let begins = stable.starts_with(|c: char| c.is_ascii_alphabetic());
    (begins && stable.bytes().all(good) && stable.bytes().any(|byte| byte.is_ascii_digit()))
        .then(|| upper(stable))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_spelling_is_of_two_namespaces_and_every_example_is_right() {
        let mut seen: FxHashMap<String, &str> = FxHashMap::default();
        for namespace in NAMESPACES {
            let own: String = namespace.prefix.chars().filter_map(plain).collect();
            for alias in namespace.aliases.iter().map(|alias| (*alias).to_owned()).chain([own]) {
                assert!(alias.chars().all(|c| plain(c) == Some(c)), "{alias} is not plain");
                assert!(alias.len() <= PREFIX_BYTES_LIMIT);
                let before = seen.insert(alias.clone(), namespace.prefix);
                assert_eq!(before, None, "{alias} is of two");
                assert_eq!(namespace_of(&alias).unwrap().prefix, namespace.prefix);
                assert_eq!(namespace_of(&alias.to_uppercase()).unwrap().prefix, namespace.prefix);
            }
            let (prefix, local) = namespace.example.split_once(':').unwrap();
            assert_eq!(prefix, namespace.prefix);
            assert_eq!(normalise_local(namespace.local, local).unwrap(), local, "{prefix}");
        }
    }

    #[test]
    fn a_prefix_at_the_limit_is_looked_up_and_a_longer_one_is_not() {
        let spaced = |bytes: usize| format!("go{}", " ".repeat(bytes - 2));
        assert_eq!(namespace_of(&spaced(PREFIX_BYTES_LIMIT)).map(|found| found.prefix), Some("GO"));
        assert!(namespace_of(&spaced(PREFIX_BYTES_LIMIT + 1)).is_none());
    }
}

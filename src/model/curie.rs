//! Compact identifiers (CURIEs) with the Bioregistry's preferred prefixes, and the many ways people write them.

use std::fmt;
use std::str::FromStr;

use super::address::without_scheme;

/// Hosts that are told without a scheme before them.
const HOSTS: &[&str] = &[
    "identifiers.org/",
    "purl.obolibrary.org/",
    "bioregistry.io/",
    "www.",
    "id.nlm.nih.gov/",
    "meshb.nlm.nih.gov/",
];
/// The most bytes an identifier may have in a lookup, URLs included.
const IDENTIFIER_BYTES_LIMIT: usize = 512;

/// A compact identifier such as `NCBIGene:3574`: a prefix, a colon, a local identifier.
///
/// [`Curie::new`] keeps both parts as they are; parsing (`str::parse`) accepts what people paste and gives the
/// preferred form.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Curie {
    text: Box<str>,
    colon: u16,
}

/// Why a text is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CurieError {
    /// Nothing there.
    #[error("the identifier is empty; write a CURIE such as NCBIGene:3574")]
    Empty,
    /// Longer than an identifier may be.
    #[error("the identifier has {bytes} bytes; at most {limit} are accepted")]
    TooLong {
        /// Its length.
        bytes: usize,
        /// The bound.
        limit: usize,
    },
    /// No prefix can be told.
    #[error("\"{0}\" has no prefix that tells its namespace; write a CURIE such as NCBIGene:3574")]
    NoPrefix(String),
    /// The local part does not fit the namespace.
    #[error("\"{local}\" is not an identifier of {prefix}, which look like {example}")]
    BadLocal {
        /// The preferred prefix.
        prefix: &'static str,
        /// What stood after it.
        local: String,
        /// A right one.
        example: &'static str,
    },
}

/// What the local identifiers of a namespace look like.
#[derive(Clone, Copy)]
enum Local {
    /// Digits without leading zeros.
    Number,
    /// Digits, whose leading zeros belong to the identifier (both DOID:9538 and DOID:0060155 are preferred forms).
    Digits,
    /// Exactly that many digits; fewer are filled with zeros.
    Padded(usize),
    /// A letter of the set and digits.
    LetterDigits(&'static str),
    /// That head (as written here) and then letters and digits in upper case.
    Head(&'static str),
    /// `rs` and digits.
    RefSnp,
}

struct Namespace {
    prefix: &'static str,
    /// In lower case, without spaces, `_`, `-` and `.`; the prefix itself is understood.
    aliases: &'static [&'static str],
    local: Local,
    example: &'static str,
}

/// The namespaces whose spelling variants are known.
const NAMESPACES: &[Namespace] = &[
    Namespace {
        prefix: "NCBIGene",
        aliases: &["gene", "geneid", "entrez", "entrezgene", "entrezgeneid", "egid", "ncbigeneid"],
        local: Local::Number,
        example: "NCBIGene:3574",
    },
    Namespace {
        prefix: "MESH",
        aliases: &["msh", "meshid", "meshui"],
        local: Local::LetterDigits("CDQ"),
        example: "MESH:D009101",
    },
    Namespace {
        prefix: "NCBITaxon",
        aliases: &[
            "taxon",
            "taxonomy",
            "tax",
            "taxid",
            "txid",
            "taxonid",
            "ncbitax",
            "ncbitaxid",
            "ncbitaxonomy",
        ],
        local: Local::Number,
        example: "NCBITaxon:9606",
    },
    Namespace { prefix: "MONDO", aliases: &["mondoid"], local: Local::Padded(7), example: "MONDO:0009693" },
    Namespace {
        prefix: "DOID",
        aliases: &["do", "diseaseontology"],
        local: Local::Digits,
        example: "DOID:9538",
    },
    Namespace {
        prefix: "OMIM",
        aliases: &["mim", "mimid", "omimid"],
        local: Local::Padded(6),
        example: "OMIM:146660",
    },
    Namespace { prefix: "CHEBI", aliases: &["chebiid"], local: Local::Number, example: "CHEBI:15377" },
    Namespace { prefix: "HGNC", aliases: &["hgncid"], local: Local::Number, example: "HGNC:6023" },
    Namespace { prefix: "HP", aliases: &["hpo"], local: Local::Padded(7), example: "HP:0001888" },
    Namespace { prefix: "GO", aliases: &["geneontology"], local: Local::Padded(7), example: "GO:0006915" },
    Namespace { prefix: "CL", aliases: &["cellontology"], local: Local::Padded(7), example: "CL:0000084" },
    Namespace { prefix: "UBERON", aliases: &[], local: Local::Padded(7), example: "UBERON:0000955" },
    Namespace { prefix: "MGI", aliases: &["mgiid"], local: Local::Number, example: "MGI:96561" },
    Namespace {
        prefix: "cellosaurus",
        aliases: &["cvcl", "rrid"],
        local: Local::Head("CVCL_"),
        example: "cellosaurus:CVCL_0224",
    },
    Namespace {
        prefix: "DRUGBANK",
        aliases: &["drugbankid"],
        local: Local::Head("DB"),
        example: "DRUGBANK:DB00945",
    },
    Namespace {
        prefix: "ENSEMBL",
        aliases: &["ensemblid", "ensemblgene"],
        local: Local::Head("ENS"),
        example: "ENSEMBL:ENSG00000104432",
    },
    Namespace {
        prefix: "dbSNP",
        aliases: &["snp", "refsnp"],
        local: Local::RefSnp,
        example: "dbSNP:rs113488022",
    },
];

impl Curie {
    /// A CURIE of the two parts as they are. `None` when a part is empty, the prefix holds a colon or white space, or
    /// the whole is longer than 512 bytes.
    pub fn new(prefix: &str, local: &str) -> Option<Self> {
        let bad = |text: &str| text.is_empty() || text.contains(char::is_whitespace);
        let bytes = prefix.len() + 1 + local.len();
        if bad(prefix) || bad(local) || prefix.contains(':') || bytes > IDENTIFIER_BYTES_LIMIT {
            return None;
        }
        Some(Self { text: format!("{prefix}:{local}").into(), colon: u16::try_from(prefix.len()).ok()? })
    }

    /// The namespace, such as `NCBIGene`.
    pub fn prefix(&self) -> &str {
        &self.text[..usize::from(self.colon)]
    }

    /// The part after the colon, such as `3574`.
    pub fn local(&self) -> &str {
        &self.text[usize::from(self.colon) + 1..]
    }

    /// The whole, such as `NCBIGene:3574`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The preferred spelling of a namespace's prefix, whatever its case or variant (`taxon` is `NCBITaxon`). A prefix
    /// that is not known is given back as it is.
    pub fn preferred_prefix(prefix: &str) -> &str {
        namespace_of(prefix).map_or(prefix, |namespace| namespace.prefix)
    }
}

impl fmt::Display for Curie {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl FromStr for Curie {
    type Err = CurieError;

    /// Reads a CURIE, a variant of one (`ncbigene:3574`, `NCBI Gene 3574`, `taxon 9606`), a bare identifier that tells
    /// its namespace (`CVCL_0224`, `rs113488022`, `MONDO_0009693`), or an address at identifiers.org, the OBO PURLs,
    /// the Bioregistry, NCBI or NLM.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if text.is_empty() {
            return Err(CurieError::Empty);
        }
        if text.len() > IDENTIFIER_BYTES_LIMIT {
            return Err(CurieError::TooLong { bytes: text.len(), limit: IDENTIFIER_BYTES_LIMIT });
        }
        if let Some(inner) = from_address(text) {
            return inner;
        }
        from_bare(text).unwrap_or_else(|| from_prefixed(text))
    }
}

/// `prefix` without what people vary: case, spaces, `_`, `-`, `.`.
fn plain(prefix: &str) -> String {
    prefix.chars().filter(|c| !matches!(c, ' ' | '_' | '-' | '.')).map(|c| c.to_ascii_lowercase()).collect()
}

fn namespace_of(prefix: &str) -> Option<&'static Namespace> {
    let wanted = plain(prefix);
    NAMESPACES.iter().find(|namespace| {
        namespace.prefix.eq_ignore_ascii_case(&wanted) || namespace.aliases.contains(&wanted.as_str())
    })
}

/// The identifier inside an address; `None` when `text` is not an address.
fn from_address(text: &str) -> Option<Result<Curie, CurieError>> {
    let rest = without_scheme(text, HOSTS)?;
    let path = rest.split('#').next().unwrap_or(&rest).trim_end_matches('/');
    let last_two: Vec<&str> = path.rsplit('/').take(2).collect();
    let last = last_two.first().copied().unwrap_or(path);
    let before = last_two.get(1).copied().unwrap_or("");
    // Queries such as wwwtax.cgi?id=9606 and record/ui?ui=D009101 name the record.
    if let Some((page, query)) = last.split_once('?') {
        let id = query.split('&').find_map(|pair| {
            let (key, value) = pair.split_once('=')?;
            matches!(key.to_ascii_lowercase().as_str(), "id" | "term" | "ui").then_some(value)
        });
        return Some(match id {
            Some(id) if page.starts_with("wwwtax") || before.eq_ignore_ascii_case("taxonomy") => {
                build("NCBITaxon", id)
            }
            Some(id) => from_bare(id).unwrap_or_else(|| from_last_segments(before, page, text)),
            None => from_last_segments(before, page, text),
        });
    }
    Some(from_last_segments(before, last, text))
}

fn from_last_segments(before: &str, last: &str, whole: &str) -> Result<Curie, CurieError> {
    if let Some(found) = from_bare(last) {
        return found;
    }
    if let Some((prefix, local)) = last.split_once([':', '_'])
        && namespace_of(prefix).is_some()
    {
        return build(prefix, local);
    }
    if namespace_of(before).is_some() {
        return build(before, last);
    }
    match last.split_once(':') {
        Some((prefix, local)) => build(prefix, local),
        None => Err(CurieError::NoPrefix(whole.to_owned())),
    }
}

/// Identifiers that tell their namespace without a prefix.
fn from_bare(text: &str) -> Option<Result<Curie, CurieError>> {
    let digits = |tail: &str| !tail.is_empty() && tail.bytes().all(|b| b.is_ascii_digit());
    let head = |prefix: &str| -> Option<&str> {
        let (start, tail) = text.split_at_checked(prefix.len())?;
        start.eq_ignore_ascii_case(prefix).then_some(tail)
    };
    if head("CVCL_").is_some() {
        return Some(build("cellosaurus", text));
    }
    if let Some(number) = head("txid")
        && digits(number)
    {
        return Some(build("NCBITaxon", number));
    }
    if head("rs").is_some_and(digits) {
        return Some(build("dbSNP", text));
    }
    if head("ENSG").or_else(|| head("ENSMUSG")).is_some_and(digits) {
        return Some(build("ENSEMBL", text));
    }
    // MeSH's own identifiers: a letter and six or nine digits.
    if let Some(tail) = head("D").or_else(|| head("C"))
        && digits(tail)
        && matches!(tail.len(), 6 | 9)
    {
        return Some(build("MESH", text));
    }
    // The OBO form, MONDO_0009693.
    let (prefix, local) = text.split_once('_')?;
    (namespace_of(prefix).is_some() && digits(local)).then(|| build(prefix, local))
}

fn from_prefixed(text: &str) -> Result<Curie, CurieError> {
    if let Some((prefix, local)) = text.split_once(':') {
        return build(prefix.trim(), local.trim());
    }
    // "NCBI Gene 3574", "taxon 9606"
    match text.rsplit_once(char::is_whitespace) {
        Some((prefix, local)) if namespace_of(prefix).is_some() => build(prefix, local),
        _ => Err(CurieError::NoPrefix(text.to_owned())),
    }
}

fn build(prefix: &str, local: &str) -> Result<Curie, CurieError> {
    let Some(namespace) = namespace_of(prefix) else {
        return unknown_namespace(prefix, local)
            .ok_or_else(|| CurieError::NoPrefix(format!("{prefix}:{local}")));
    };
    // "HGNC:HGNC:6023", "CHEBI:CHEBI:15377"
    let inner = match local.split_once(':') {
        Some((again, inner)) if namespace_of(again).is_some_and(|n| n.prefix == namespace.prefix) => inner,
        _ => local,
    };
    normalise_local(namespace.local, inner).and_then(|local| Curie::new(namespace.prefix, &local)).ok_or_else(
        || CurieError::BadLocal {
            prefix: namespace.prefix,
            local: local.to_owned(),
            example: namespace.example,
        },
    )
}

/// A CURIE of a namespace that is not known here, such as `FPLX:ERK`: its prefix is a plain word, and none that begins
/// an address.
fn unknown_namespace(prefix: &str, local: &str) -> Option<Curie> {
    let plain = prefix.starts_with(|c: char| c.is_ascii_alphabetic())
        && prefix.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
    let scheme = ["http", "https"].iter().any(|scheme| prefix.eq_ignore_ascii_case(scheme));
    let odd = local.contains(|c: char| c.is_control() || matches!(c, '<' | '>' | '"' | '\\'));
    (plain && !scheme && !odd).then(|| Curie::new(prefix, local))?
}

fn normalise_local(shape: Local, local: &str) -> Option<String> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match shape {
        Local::Number => {
            let trimmed = local.trim_start_matches('0');
            (digits(local) && !trimmed.is_empty()).then(|| trimmed.to_owned())
        }
        Local::Digits => digits(local).then(|| local.to_owned()),
        Local::Padded(width) => (digits(local) && local.len() <= width).then(|| format!("{local:0>width$}")),
        Local::LetterDigits(letters) => {
            let upper = local.to_ascii_uppercase();
            let first = upper.chars().next()?;
            (letters.contains(first) && digits(&upper[first.len_utf8()..])).then_some(upper)
        }
        Local::Head(head) => {
            let upper = local.to_ascii_uppercase();
            let tail = upper.strip_prefix(head).unwrap_or(&upper);
            let good = !tail.is_empty() && tail.bytes().all(|b| b.is_ascii_alphanumeric());
            good.then(|| format!("{head}{tail}"))
        }
        Local::RefSnp => {
            let lower = local.to_ascii_lowercase();
            let number = lower.strip_prefix("rs").unwrap_or(&lower);
            digits(number).then(|| format!("rs{number}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_people_paste_becomes_the_preferred_form() {
        for (input, expected) in [
            ("NCBIGene:3574", "NCBIGene:3574"),
            ("ncbigene:3574", "NCBIGene:3574"),
            ("NCBI Gene 3574", "NCBIGene:3574"),
            ("NCBI Gene:3574", "NCBIGene:3574"),
            ("GeneID:3574", "NCBIGene:3574"),
            ("https://www.ncbi.nlm.nih.gov/gene/3574", "NCBIGene:3574"),
            ("https://identifiers.org/ncbigene:3574", "NCBIGene:3574"),
            ("http://identifiers.org/ncbigene/3574", "NCBIGene:3574"),
            ("taxon 9606", "NCBITaxon:9606"),
            ("txid:9606", "NCBITaxon:9606"),
            ("NCBITaxon_9606", "NCBITaxon:9606"),
            ("https://www.ncbi.nlm.nih.gov/Taxonomy/Browser/wwwtax.cgi?mode=Info&id=9606", "NCBITaxon:9606"),
            ("http://purl.obolibrary.org/obo/NCBITaxon_9606", "NCBITaxon:9606"),
            ("http://purl.obolibrary.org/obo/MONDO_0009693", "MONDO:0009693"),
            ("doid:0060155", "DOID:0060155"),
            ("DOID_9538", "DOID:9538"),
            ("mondo:9693", "MONDO:0009693"),
            ("CVCL_0224", "cellosaurus:CVCL_0224"),
            ("cvcl_0224", "cellosaurus:CVCL_0224"),
            ("RRID:CVCL_0224", "cellosaurus:CVCL_0224"),
            ("Cellosaurus:0224", "cellosaurus:CVCL_0224"),
            ("https://www.cellosaurus.org/CVCL_0224", "cellosaurus:CVCL_0224"),
            ("MeSH:D009101", "MESH:D009101"),
            ("mesh:d009101", "MESH:D009101"),
            ("D009101", "MESH:D009101"),
            ("https://id.nlm.nih.gov/mesh/D009101", "MESH:D009101"),
            ("http://id.nlm.nih.gov/mesh/D000086382", "MESH:D000086382"),
            ("https://bioregistry.io/mesh:D009101", "MESH:D009101"),
            ("HGNC:HGNC:6023", "HGNC:6023"),
            ("CHEBI:CHEBI:15377", "CHEBI:15377"),
            ("rs113488022", "dbSNP:rs113488022"),
            ("identifiers.org/ncbigene:3574", "NCBIGene:3574"),
            ("www.ncbi.nlm.nih.gov/gene/3574", "NCBIGene:3574"),
            ("https://identifiers.org/ncbigene%3A3574", "NCBIGene:3574"),
            ("txid9606", "NCBITaxon:9606"),
            ("https://meshb.nlm.nih.gov/record/ui?ui=D009101", "MESH:D009101"),
            ("dbsnp:RS113488022", "dbSNP:rs113488022"),
            ("https://www.ncbi.nlm.nih.gov/snp/rs113488022", "dbSNP:rs113488022"),
            ("MIM:146660", "OMIM:146660"),
            ("  NCBIGene:3574  ", "NCBIGene:3574"),
            ("FPLX:ERK", "FPLX:ERK"),
        ] {
            let curie: Curie = input.parse().unwrap_or_else(|error| panic!("{input}: {error}"));
            assert_eq!(curie.as_str(), expected, "{input}");
        }
    }

    #[test]
    fn what_is_no_identifier_is_refused_with_a_reason() {
        for (input, part) in [
            ("", "empty"),
            ("   ", "empty"),
            ("3574", "no prefix"),
            ("interleukin 7", "no prefix"),
            ("NCBIGene:IL7", "NCBIGene:3574"),
            ("MESH:9101", "MESH:D009101"),
            ("MONDO:00000009693", "MONDO:0009693"),
            ("NCBIGene:", "NCBIGene:3574"),
            (":3574", "no prefix"),
            ("https://example.org/nothing", "no prefix"),
            ("<MESH:D009101>", "no prefix"),
            ("\u{591A}:9", "no prefix"),
            ("FPLX:<ERK>", "no prefix"),
            ("https:\u{b}//", "no prefix"),
            ("https://http:idh//", "no prefix"),
        ] {
            let error = input.parse::<Curie>().unwrap_err().to_string();
            assert!(error.contains(part), "{input}: {error}");
        }
        let long = format!("X:{}", "1".repeat(IDENTIFIER_BYTES_LIMIT));
        assert!(matches!(long.parse::<Curie>(), Err(CurieError::TooLong { .. })));
    }

    proptest! {
        #[test]
        fn parsing_never_panics_and_its_answer_parses_to_itself(text in "\\PC{0,40}") {
            if let Ok(curie) = text.parse::<Curie>() {
                prop_assert_eq!(curie.as_str().parse::<Curie>().unwrap(), curie);
            }
        }

        #[test]
        fn addresses_never_panic(text in "https?://[a-zA-Z:/_?=&#0-9é]{0,40}") {
            let _ = text.parse::<Curie>();
        }
    }
}

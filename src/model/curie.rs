//! Compact identifiers (CURIEs) with the Bioregistry's preferred prefixes, and the many ways people write them.

use std::fmt;
use std::str::FromStr;

mod addresses;
mod namespaces;

use addresses::from_address;
use namespaces::{namespace_of, normalise_local, really_of};

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

impl Curie {
    /// A CURIE of the two parts as they are. `None` when a part is empty, the prefix holds a colon or white space, or
    /// the whole is longer than 512 bytes.
    pub fn new(prefix: &str, local: &str) -> Option<Self> {
        if !Self::is_made_of(prefix, local) {
            return None;
        }
        let bytes = prefix.len() + 1 + local.len();
        let mut text = String::with_capacity(bytes);
        text.push_str(prefix);
        text.push(':');
        text.push_str(local);
        Some(Self { text: text.into(), colon: u16::try_from(prefix.len()).ok()? })
    }

    /// Whether the two make a CURIE.
    pub fn is_made_of(prefix: &str, local: &str) -> bool {
        let bad = |text: &str| {
            let spaced = if text.is_ascii() {
                // Quicker than by character: nearly every identifier is ASCII.
                text.bytes().any(|byte| byte.is_ascii_whitespace() || byte == 0xb)
            } else {
                text.contains(char::is_whitespace)
            };
            text.is_empty() || spaced
        };
        let bytes = prefix.len() + 1 + local.len();
        !bad(prefix) && !bad(local) && !prefix.contains(':') && bytes <= IDENTIFIER_BYTES_LIMIT
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
    /// the Bioregistry, NCBI, NLM or the publishers' own sites.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = without_surroundings(text);
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

/// What is pasted with its brackets or the end of its sentence, however many.
fn without_surroundings(mut text: &str) -> &str {
    loop {
        let trimmed = without_end(text).trim_start();
        let inner = [('(', ')'), ('[', ']')]
            .into_iter()
            .find_map(|(open, close)| trimmed.strip_prefix(open)?.strip_suffix(close));
        match inner {
            Some(inner) => text = inner,
            None => return trimmed,
        }
    }
}

/// Without the stops of a sentence, with which no identifier ends.
fn without_end(text: &str) -> &str {
    text.trim_end_matches(|character: char| character.is_whitespace() || matches!(character, '.' | ',' | ';'))
}

/// Identifiers that tell their namespace without a prefix.
fn from_bare(text: &str) -> Option<Result<Curie, CurieError>> {
    if text.contains(':') {
        return None;
    }
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
    if head("DB").is_some_and(|number| number.len() == 5 && digits(number)) {
        return Some(build("DRUGBANK", text));
    }
    if head("rs").is_some_and(digits) {
        return Some(build("dbSNP", text));
    }
    // A species' letters and then those of genes, transcripts and proteins: ENSG, ENSMUSG, ENSDARP.
    if let Some(tail) = head("ENS")
        && let Some((letters, number)) = tail.split_at_checked(tail.len().saturating_sub(11))
        && digits(number)
        && matches!(letters.len(), 1..=6)
        && letters.bytes().all(|byte| byte.is_ascii_alphabetic())
    {
        return Some(build("ENSEMBL", text));
    }
    if head("FBgn").is_some_and(digits) {
        return Some(build("FLYBASE", text));
    }
    if head("WBGene").is_some_and(digits) {
        return Some(build("WORMBASE", text));
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
    // "MIM#254500"
    if let Some((prefix, local)) =
        text.split_once('#').filter(|(prefix, _)| namespace_of(prefix.trim()).is_some())
    {
        return build(prefix.trim(), local.trim());
    }
    // "NCBI Gene 3574", "taxon 9606"
    match text.rsplit_once(char::is_whitespace) {
        Some((prefix, local)) if namespace_of(prefix).is_some() => build(prefix, local),
        _ => Err(CurieError::NoPrefix(text.to_owned())),
    }
}

fn build(prefix: &str, local: &str) -> Result<Curie, CurieError> {
    // An address may go on after the stop.
    let local = without_end(local);
    let Some(namespace) = namespace_of(prefix) else {
        return unknown_namespace(prefix, local)
            .ok_or_else(|| CurieError::NoPrefix(format!("{prefix}:{local}")));
    };
    // OMIM writes what kind of entry it is before the number.
    let local =
        if namespace.prefix == "OMIM" { local.trim_start_matches(['#', '*', '+', '%']) } else { local };
    // "HGNC:HGNC:6023", "CHEBI:CHEBI:15377"
    let inner = match local.split_once(':') {
        Some((again, inner)) if namespace_of(again).is_some_and(|n| n.prefix == namespace.prefix) => inner,
        _ => local,
    };
    let namespace = really_of(namespace.prefix, inner).unwrap_or(namespace);
    normalise_local(namespace.local, inner).and_then(|local| Curie::new(namespace.prefix, &local)).ok_or_else(
        || CurieError::BadLocal {
            prefix: namespace.prefix,
            local: local.to_owned(),
            example: namespace.example,
        },
    )
}

/// A CURIE of a namespace that is not known here, such as `BTO:0001421`: its prefix is a plain word, and none that begins
/// an address.
fn unknown_namespace(prefix: &str, local: &str) -> Option<Curie> {
    let plain = prefix.starts_with(|c: char| c.is_ascii_alphabetic())
        && prefix.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
    let scheme = ["http", "https"].iter().any(|scheme| prefix.eq_ignore_ascii_case(scheme))
        || prefix.get(..4).is_some_and(|host| host.eq_ignore_ascii_case("www."));
    let odd = local.contains(|c: char| c.is_control() || matches!(c, '<' | '>' | '"' | '\\'));
    (plain && !scheme && !odd).then(|| Curie::new(prefix, local))?
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
            ("([taxon 9606 , ; ].),", "NCBITaxon:9606"),
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
            ("MESH:D009101.", "MESH:D009101"),
            ("(NCBIGene:3574),", "NCBIGene:3574"),
            ("[CHEBI:15377]", "CHEBI:15377"),
            ("OMIM:#254500", "OMIM:254500"),
            ("MIM#254500", "OMIM:254500"),
            ("OMIM #254500", "OMIM:254500"),
            ("DB00945", "DRUGBANK:DB00945"),
            ("BTO:0001421", "BTO:0001421"),
        ] {
            let curie: Curie = input.parse().unwrap_or_else(|error| panic!("{input}: {error}"));
            assert_eq!(curie.as_str(), expected, "{input}");
        }
    }

    #[test]
    fn the_names_of_other_namespaces_are_known() {
        for (input, expected) in [
            ("UMLS_CUI:C0018923", "UMLS:C0018923"),
            ("umls:c0018923", "UMLS:C0018923"),
            ("Orphanet:2608", "orphanet:2608"),
            ("Orphanet:ORPHA2608", "orphanet:2608"),
            ("ORPHA:2608", "orphanet:2608"),
            ("ORDO:75374", "orphanet:75374"),
            ("orphanet.ordo:75374", "orphanet:75374"),
            ("Orphanet_377788", "orphanet:377788"),
            ("NCI:C3088", "NCIT:C3088"),
            ("ncithesaurus:C3088", "NCIT:C3088"),
            ("http://purl.obolibrary.org/obo/NCIT_C3088", "NCIT:C3088"),
            ("SCTID:64572001", "SNOMEDCT:64572001"),
            ("SNOMEDCT_US_2025_09_01:702342007", "SNOMEDCT:702342007"),
            ("SNOMEDCT_US:702342007", "SNOMEDCT:702342007"),
            ("icd10cm:e30.1", "ICD10CM:E30.1"),
            ("ICD9:799.9", "ICD9CM:799.9"),
            ("ICD-O:9833/3", "ICDO:9833/3"),
            ("ICD11:2A81.Z", "ICD11:2A81.Z"),
            ("icd11.foundation:733056203", "ICD11:733056203"),
            ("ICD10WHO:H00-H06", "ICD10:H00-H06"),
            ("MEDGEN:4347", "MEDGEN:4347"),
            ("GARD:0022702", "GARD:22702"),
            ("MedDRA:10060873", "MEDDRA:10060873"),
            ("EFO_0009491", "EFO:0009491"),
            ("OMIMPS:203655", "OMIMPS:203655"),
            ("mimPS:203655", "OMIMPS:203655"),
            ("OMIM:PS203655", "OMIMPS:203655"),
            ("https://omim.org/phenotypicSeries/PS203655", "OMIMPS:203655"),
            ("RGD:2003", "RGD:2003"),
            ("FlyBase:fbgn0040373", "FLYBASE:FBgn0040373"),
            ("FBgn0040373", "FLYBASE:FBgn0040373"),
            ("FB:FBal0000001", "FLYBASE:FBal0000001"),
            ("WormBase:WBGene00022277", "WORMBASE:WBGene00022277"),
            ("WBGene00022277", "WORMBASE:WBGene00022277"),
            ("Ensembl:WBGene00022277", "WORMBASE:WBGene00022277"),
            ("Ensembl:ENSDARG00000021948", "ENSEMBL:ENSDARG00000021948"),
            ("ENSDARG00000021948", "ENSEMBL:ENSDARG00000021948"),
            ("Ensembl:ENSG00000104432.5", "ENSEMBL:ENSG00000104432"),
            ("zfin:ZDB-GENE-980526-104", "ZFIN:ZDB-GENE-980526-104"),
            ("SGD:S000001855", "SGD:S000001855"),
            ("famplex:ERK", "FPLX:ERK"),
            ("SO_0000704", "SO:0000704"),
            ("MOP:0000568", "MOP:0000568"),
            ("CAS:50-78-2", "CAS:50-78-2"),
            ("CAS RN 50-78-2", "CAS:50-78-2"),
            ("UNII:r16co5y76e", "UNII:R16CO5Y76E"),
            ("UniProtKB:P13232", "UniProt:P13232"),
            ("HGNC.GeneGroup:594", "HGNC_GROUP:594"),
            ("HGNC_GROUP:594", "HGNC_GROUP:594"),
            ("entrez:3574", "NCBIGene:3574"),
            ("MGI:MGI:97490", "MGI:97490"),
        ] {
            let curie: Curie = input.parse().unwrap_or_else(|error| panic!("{input}: {error}"));
            assert_eq!(curie.as_str(), expected, "{input}");
        }
    }

    #[test]
    fn addresses_of_records_are_read() {
        for (input, expected) in [
            ("https://www.ncbi.nlm.nih.gov/gene/?term=3574", "NCBIGene:3574"),
            ("https://www.ncbi.nlm.nih.gov/gene?term=3574", "NCBIGene:3574"),
            ("https://www.ncbi.nlm.nih.gov/medgen/4347", "MEDGEN:4347"),
            ("https://www.genenames.org/data/gene-symbol-report/#!/hgnc_id/HGNC:6023", "HGNC:6023"),
            ("https://www.genenames.org/data/gene-symbol-report/#!/hgnc_id/6023", "HGNC:6023"),
            ("https://omim.org/entry/146660", "OMIM:146660"),
            ("https://omim.org/entry/146660.?search=il7", "OMIM:146660"),
            ("https://example.org/MS:1000.,?x", "MS:1000"),
            ("omim.org/entry/146660?search=il7#text", "OMIM:146660"),
            ("https://monarchinitiative.org/MONDO:0009693", "MONDO:0009693"),
            ("https://monarchinitiative.org/disease/MONDO:0009693", "MONDO:0009693"),
            ("https://disease-ontology.org/?id=DOID:9538", "DOID:9538"),
            ("https://disease-ontology.org/term/DOID%3A9538/", "DOID:9538"),
            ("https://www.ebi.ac.uk/chebi/searchId.do?chebiId=CHEBI:15377", "CHEBI:15377"),
            ("https://www.ebi.ac.uk/chebi/CHEBI:15377", "CHEBI:15377"),
            ("https://go.drugbank.com/drugs/DB00945", "DRUGBANK:DB00945"),
            ("https://web.expasy.org/cellosaurus/CVCL_0224", "cellosaurus:CVCL_0224"),
            ("https://id.nlm.nih.gov/mesh/2024/D009101", "MESH:D009101"),
            ("https://amigo.geneontology.org/amigo/term/GO:0006915", "GO:0006915"),
            ("https://www.orpha.net/en/disease/detail/2608", "orphanet:2608"),
            ("http://www.orpha.net/ORDO/Orphanet_2608", "orphanet:2608"),
            ("https://www.uniprot.org/uniprotkb/P13232/entry", "UniProt:P13232"),
            ("https://flybase.org/reports/FBgn0040373", "FLYBASE:FBgn0040373"),
            ("https://wormbase.org/species/c_elegans/gene/WBGene00022277", "WORMBASE:WBGene00022277"),
            ("https://zfin.org/ZDB-GENE-980526-104", "ZFIN:ZDB-GENE-980526-104"),
            ("https://www.informatics.jax.org/marker/MGI:97490", "MGI:97490"),
            (
                "https://www.ensembl.org/Homo_sapiens/Gene/Summary?db=core;g=x&g=ENSG00000104432",
                "ENSEMBL:ENSG00000104432",
            ),
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
            ("FPLX:<ERK>", "FPLX:ERK"),
            ("BTO:<x>", "no prefix"),
            ("www.1.x:S%%%41", "no prefix"),
            ("CAS:50-78", "CAS:50-78-2"),
            ("UMLS:12634", "UMLS:C0012634"),
            ("ENSEMBL:123", "ENSEMBL:ENSG00000104432"),
            ("https://omim.org/entry/x", "no prefix"),
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

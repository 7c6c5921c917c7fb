//! The names of papers: PMC ids, PMIDs and DOIs, and the ways people write them.

use std::fmt;
use std::str::FromStr;

use super::PaperIdentifiers;
use super::address::without_scheme;

/// Hosts that are told without a scheme before them.
const HOSTS: &[&str] = &["doi.org/", "dx.doi.org/", "www.", "pubmed.ncbi.", "pmc.ncbi.", "europepmc.org/"];
/// What publishers put after the DOI in the addresses of an article's views.
const VIEWS: &[&str] = &["/full", "/abstract", "/pdf", "/html", "/fulltext", "/full-text", "/epdf"];

/// The most bytes a paper's identifier may have in a lookup, URLs included.
const IDENTIFIER_BYTES_LIMIT: usize = 512;
/// What a DOI is written with.
const DOI_PREFIX: &str = "doi:";

/// One identifier of a paper.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PaperId {
    /// PubMed Central; the digits after `PMC`.
    Pmc(u64),
    /// PubMed.
    Pmid(u64),
    /// A DOI in lower case, without a resolver.
    Doi(String),
}

/// A text that names no paper.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" is not a paper's identifier; write PMC12808468, PMID:31452104 or doi:10.3389/fimmu.2025.1736931"
)]
pub struct PaperIdError(pub String);

impl PaperId {
    /// The best identifier there is: PMC, then PMID, then DOI.
    pub fn best(identifiers: &PaperIdentifiers) -> Option<Self> {
        Self::all(identifiers).into_iter().next()
    }

    /// Every identifier, the best first. Fields that are not well-formed are passed over.
    pub fn all(identifiers: &PaperIdentifiers) -> Vec<Self> {
        let pmc = identifiers.pmcid.as_deref().and_then(|id| id.parse().ok());
        let pmid = identifiers.pmid.as_deref().and_then(|id| number(id).map(Self::Pmid));
        let doi = identifiers.doi.as_deref().and_then(doi);
        [pmc, pmid, doi].into_iter().flatten().collect()
    }
}

impl fmt::Display for PaperId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pmc(number) => write!(formatter, "PMC{number}"),
            Self::Pmid(number) => write!(formatter, "PMID:{number}"),
            Self::Doi(doi) => write!(formatter, "{DOI_PREFIX}{doi}"),
        }
    }
}

impl FromStr for PaperId {
    type Err = PaperIdError;

    /// Reads `PMC12808468`, `PMCID: PMC12808468`, `PMID:31452104`, `31452104` (a PMID), `doi:10.…`, `10.…`, and the
    /// addresses of these at PMC, PubMed, Europe PMC, doi.org and pages that end in a PMC id.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || PaperIdError(text.chars().take(80).collect());
        let trimmed = text.trim();
        if trimmed.len() > IDENTIFIER_BYTES_LIMIT {
            return Err(error());
        }
        match without_scheme(trimmed, HOSTS) {
            Some(rest) => from_address(&rest.to_ascii_lowercase()),
            None => from_bare(&trimmed.to_ascii_lowercase()),
        }
        .ok_or_else(error)
    }
}

fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten().filter(|n| *n > 0)
}

fn doi(text: &str) -> Option<PaperId> {
    let lower = text.trim().to_ascii_lowercase();
    let (registrant, suffix) = lower.strip_prefix("10.")?.split_once('/')?;
    // What is written of it is to be read again.
    let good = DOI_PREFIX.len() + lower.len() <= IDENTIFIER_BYTES_LIMIT
        && registrant.len() >= 4
        && registrant.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && !suffix.is_empty()
        && !suffix.contains(|c: char| c.is_whitespace() || c.is_control());
    good.then(|| PaperId::Doi(lower.clone()))
}

fn pmc(text: &str) -> Option<PaperId> {
    number(text.strip_prefix("pmc")?).map(PaperId::Pmc)
}

/// `lower` is in lower case.
fn from_bare(lower: &str) -> Option<PaperId> {
    let after = |prefix: &str| {
        let rest = lower.strip_prefix(prefix)?.trim_start();
        Some(rest.strip_prefix(':').unwrap_or(rest).trim_start())
    };
    if let Some(rest) = after("pmcid") {
        return pmc(rest).or_else(|| number(rest).map(PaperId::Pmc));
    }
    if let Some(rest) = after("pmid").or_else(|| after("pubmed")) {
        return number(rest).map(PaperId::Pmid);
    }
    if let Some(rest) = after("doi") {
        return doi(rest);
    }
    if let Some(rest) = after("pmc") {
        return pmc(rest).or_else(|| number(rest).map(PaperId::Pmc));
    }
    number(lower).map(PaperId::Pmid).or_else(|| doi(lower))
}

/// `rest` is an address in lower case without its scheme.
fn from_address(rest: &str) -> Option<PaperId> {
    let address = rest.split(['?', '#']).next()?.trim_end_matches('/');
    let (host, path) = address.split_once('/')?;
    if host == "doi.org" || host.ends_with(".doi.org") {
        return doi(path);
    }
    if let Some(id) = path.rsplit('/').find_map(pmc) {
        return Some(id);
    }
    let last = path.rsplit('/').next()?;
    let pubmed = host.starts_with("pubmed.") || path.contains("pubmed/") || path.contains("med/");
    if pubmed && let Some(number) = number(last) {
        return Some(PaperId::Pmid(number));
    }
    // identifiers.org/pubmed:31452104 and publishers' pages that hold the DOI in their path
    from_bare(last).or_else(|| {
        let found = &path[path.find("10.")?..];
        doi(VIEWS.iter().find_map(|view| found.strip_suffix(view)).unwrap_or(found))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_people_paste_becomes_the_preferred_form() {
        for (input, expected) in [
            ("PMC12808468", "PMC12808468"),
            ("pmc12808468", "PMC12808468"),
            ("PMC:12808468", "PMC12808468"),
            ("PMCID: PMC12808468", "PMC12808468"),
            ("https://pmc.ncbi.nlm.nih.gov/articles/PMC12808468/", "PMC12808468"),
            ("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC12808468/?report=reader", "PMC12808468"),
            ("https://tomesphere.com/paper/PMC12808468/full.md", "PMC12808468"),
            ("PMID:31452104", "PMID:31452104"),
            ("pmid 31452104", "PMID:31452104"),
            ("31452104", "PMID:31452104"),
            ("https://pubmed.ncbi.nlm.nih.gov/31452104/", "PMID:31452104"),
            ("https://www.ncbi.nlm.nih.gov/pubmed/31452104", "PMID:31452104"),
            ("https://identifiers.org/pubmed:31452104", "PMID:31452104"),
            ("doi:10.3389/fimmu.2025.1736931", "doi:10.3389/fimmu.2025.1736931"),
            ("DOI: 10.3389/FIMMU.2025.1736931", "doi:10.3389/fimmu.2025.1736931"),
            ("10.3389/fimmu.2025.1736931", "doi:10.3389/fimmu.2025.1736931"),
            ("https://doi.org/10.3389/fimmu.2025.1736931", "doi:10.3389/fimmu.2025.1736931"),
            ("http://dx.doi.org/10.3389/fimmu.2025.1736931", "doi:10.3389/fimmu.2025.1736931"),
            ("doi.org/10.3389/fimmu.2025.1736931", "doi:10.3389/fimmu.2025.1736931"),
            ("https://doi.org/10.3389%2Ffimmu.2025.1736931", "doi:10.3389/fimmu.2025.1736931"),
            (
                "https://www.frontiersin.org/journals/immunology/articles/10.3389/fimmu.2025.1736931/full",
                "doi:10.3389/fimmu.2025.1736931",
            ),
            (
                "https://www.frontiersin.org/articles/10.3389/fimmu.2025.1736931",
                "doi:10.3389/fimmu.2025.1736931",
            ),
        ] {
            let id: PaperId = input.parse().unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(id.to_string(), expected, "{input}");
        }
    }

    #[test]
    fn what_names_no_paper_is_refused() {
        for input in [
            "",
            "PMC",
            "PMID:x",
            "10.1/x",
            "doi:10.3389",
            "hello",
            "0",
            "https://example.org/",
            "10.1234/a b",
        ] {
            assert!(input.parse::<PaperId>().is_err(), "{input}");
        }
        assert!(format!("10.1234/{}", "x".repeat(600)).parse::<PaperId>().is_err());
    }

    #[test]
    fn a_doi_is_as_long_as_can_be_read_again() {
        let of_bytes = |bytes: usize| format!("10.1234/{}", "x".repeat(bytes - 8)).parse::<PaperId>();
        let longest = of_bytes(IDENTIFIER_BYTES_LIMIT - DOI_PREFIX.len()).unwrap();
        assert_eq!(longest.to_string().parse(), Ok(longest));
        assert!(of_bytes(IDENTIFIER_BYTES_LIMIT - DOI_PREFIX.len() + 1).is_err());
    }

    #[test]
    fn the_best_identifier_comes_first() {
        let identifiers = PaperIdentifiers {
            pmcid: Some("PMC1".to_owned()),
            pmid: Some("2".to_owned()),
            doi: Some("10.1000/X".to_owned()),
        };
        let all: Vec<String> = PaperId::all(&identifiers).iter().map(ToString::to_string).collect();
        assert_eq!(all, ["PMC1", "PMID:2", "doi:10.1000/x"]);
    }

    proptest! {
        #[test]
        fn parsing_never_panics_and_its_answer_parses_to_itself(text in "\\PC{0,40}") {
            if let Ok(id) = text.parse::<PaperId>() {
                prop_assert_eq!(id.to_string().parse::<PaperId>().unwrap(), id);
            }
        }
    }
}

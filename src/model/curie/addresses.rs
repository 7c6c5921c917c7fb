//! Identifiers inside the web addresses that people paste.

use super::namespaces::namespace_of;
use super::{Curie, CurieError, build, from_bare};
use crate::model::address::without_scheme;

/// Hosts that are told without a scheme before them.
const HOSTS: &[&str] = &[
    "identifiers.org/",
    "purl.obolibrary.org/",
    "bioregistry.io/",
    "www.",
    "id.nlm.nih.gov/",
    "meshb.nlm.nih.gov/",
    "omim.org/",
    "monarchinitiative.org/",
    "disease-ontology.org/",
    "go.drugbank.com/",
    "web.expasy.org/",
    "flybase.org/",
    "zfin.org/",
];

/// Sites whose pages are all of one namespace, whatever their path says.
const SITES: &[(&str, &str)] = &[
    ("omim.org", "OMIM"),
    ("drugbank.com", "DRUGBANK"),
    ("drugbank.ca", "DRUGBANK"),
    ("genenames.org", "HGNC"),
    ("disease-ontology.org", "DOID"),
    ("orpha.net", "orphanet"),
    ("uniprot.org", "UniProt"),
    ("flybase.org", "FLYBASE"),
    ("wormbase.org", "WORMBASE"),
    ("zfin.org", "ZFIN"),
    ("yeastgenome.org", "SGD"),
    ("rgd.mcw.edu", "RGD"),
    ("informatics.jax.org", "MGI"),
    ("ensembl.org", "ENSEMBL"),
];

/// Keys of queries whose value names the record, in lower case.
const QUERY_KEYS: &[&str] = &["id", "term", "ui", "chebiid", "hgnc_id", "expert", "g", "doid", "accession"];

/// The identifier inside an address; `None` when `text` is not an address.
pub(super) fn from_address(text: &str) -> Option<Result<Curie, CurieError>> {
    // What has no slash is no address: most of what is parsed.
    text.contains(['/', '%']).then_some(())?;
    let rest = without_scheme(text, HOSTS)?;
    // Some sites keep the page behind the hash: #!/hgnc_id/HGNC:6023.
    let path = match rest.split_once('#') {
        Some((_, page)) if page.starts_with("!/") || page.starts_with('/') => page,
        Some((path, _)) => path,
        None => &rest,
    };
    let path = path.trim_end_matches('/');
    let mut segments = path.rsplit('/');
    let (last, before) = (segments.next().unwrap_or(path), segments.next().unwrap_or(""));
    let site = site_of(&rest);
    // Queries such as wwwtax.cgi?id=9606 and record/ui?ui=D009101 name the record.
    let Some((page, query)) = last.split_once('?') else {
        return Some(from_segments(site, before, last, text));
    };
    let value = query.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        QUERY_KEYS.iter().any(|known| known.eq_ignore_ascii_case(key)).then_some(value)
    });
    Some(match value {
        Some(id) if page.starts_with("wwwtax") || before.eq_ignore_ascii_case("taxonomy") => {
            build("NCBITaxon", id)
        }
        Some(id) => {
            from_query(site, before, page, id).unwrap_or_else(|| from_segments(site, before, page, text))
        }
        None => from_segments(site, before, page, text),
    })
}

/// The namespace of an address' site.
fn site_of(address: &str) -> Option<&'static str> {
    let host = address.split(['/', '?', '#', ':']).next()?;
    let is_of = |site: &str| {
        let begin = host.len().checked_sub(site.len());
        let tail = begin.and_then(|begin| Some((host.get(..begin)?, host.get(begin..)?)));
        tail.is_some_and(|(head, tail)| {
            tail.eq_ignore_ascii_case(site) && (head.is_empty() || head.ends_with('.'))
        })
    };
    SITES.iter().find_map(|(site, prefix)| is_of(site).then_some(*prefix))
}

fn from_query(site: Option<&str>, before: &str, page: &str, id: &str) -> Option<Result<Curie, CurieError>> {
    if let Some(found) = from_bare(id) {
        return Some(found);
    }
    if let Some((prefix, local)) = id.split_once(':')
        && namespace_of(prefix).is_some()
    {
        return Some(build(prefix, local));
    }
    let named = [page, before].into_iter().find(|segment| namespace_of(segment).is_some());
    named.or(site).map(|prefix| build(prefix, id)).filter(Result::is_ok)
}

fn from_segments(site: Option<&str>, before: &str, last: &str, whole: &str) -> Result<Curie, CurieError> {
    if let Some(found) = from_bare(last) {
        return found;
    }
    if let Some((prefix, local)) = last.split_once([':', '_'])
        && namespace_of(prefix).is_some()
    {
        return build(prefix, local);
    }
    // The site first: uniprot.org/uniprotkb/P04217/entry ends in a word.
    let of_site =
        site.and_then(|prefix| [last, before].into_iter().find_map(|local| build(prefix, local).ok()));
    if let Some(found) = of_site {
        return Ok(found);
    }
    if namespace_of(before).is_some() {
        return build(before, last);
    }
    match last.split_once(':') {
        Some((prefix, local)) => build(prefix, local),
        None => Err(CurieError::NoPrefix(whole.to_owned())),
    }
}

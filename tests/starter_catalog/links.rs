//! What the terminologies say of which identifiers belong together: cross-references, taxa, parents.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::{Claim, GENE_FILES, Terminologies, lines, plain, table};

/// For each identifier those that stand beside it.
#[derive(Default)]
pub struct Links {
    beside: HashMap<String, HashSet<String>>,
    parents: HashMap<String, HashSet<String>>,
}

impl Links {
    pub fn read(directory: &Path) -> Self {
        let mut links = Self::default();
        links.add_genes(directory);
        links.add_diseases(directory);
        links.add_species(directory);
        links
    }

    pub fn add(&mut self, id: &str, other: &str) {
        self.beside.entry(id.to_owned()).or_default().insert(other.to_owned());
    }

    pub fn add_parent(&mut self, id: &str, parent: &str) {
        self.parents.entry(id.to_owned()).or_default().insert(parent.to_owned());
    }

    fn add_genes(&mut self, directory: &Path) {
        for file in GENE_FILES {
            for line in lines(&directory.join(format!("ncbi_gene/{file}.gene_info.gz"))).skip(1) {
                let cells: Vec<&str> = line.split('\t').collect();
                let id = format!("NCBIGene:{}", cells[1]);
                self.add(&id, &format!("NCBITaxon:{}", cells[0]));
                for reference in cells[5].split('|') {
                    // "HGNC:HGNC:5", "MIM:138670"
                    let Some((prefix, local)) = reference.rsplit_once(':') else { continue };
                    let prefix = match prefix.rsplit(':').next() {
                        Some("MIM") => "OMIM",
                        Some("Ensembl") => "ENSEMBL",
                        Some(prefix) => prefix,
                        None => continue,
                    };
                    self.add(&id, &format!("{prefix}:{local}"));
                }
            }
        }
        for row in table(&directory.join("hgnc/hgnc_complete_set.txt.gz")) {
            let id = format!("NCBIGene:{}", row["entrez_id"]);
            self.add(&id, &row["hgnc_id"]);
            self.add(&id, &format!("ENSEMBL:{}", row["ensembl_gene_id"]));
            for omim in row["omim_id"].split('|') {
                self.add(&id, &format!("OMIM:{omim}"));
            }
        }
    }

    /// What MONDO matches exactly, by way of MONDO; and what the Human Disease Ontology refers to.
    fn add_diseases(&mut self, directory: &Path) {
        let matches = |other: &str| {
            let rows = lines(&directory.join(format!("mondo/mondo_exactmatch_{other}.sssom.tsv.gz")));
            let rows = rows.filter(|line| line.starts_with("MONDO:"));
            rows.map(|line| {
                let cells: Vec<&str> = line.split('\t').collect();
                (cells[0].to_owned(), cells[3].replace("mesh:", "MESH:"))
            })
        };
        let mut of_mondo: HashMap<String, Vec<String>> = HashMap::new();
        for (mondo, other) in matches("doid").chain(matches("omim")) {
            of_mondo.entry(mondo).or_default().push(other);
        }
        for (mondo, mesh) in matches("mesh") {
            for other in of_mondo.get(&mondo).into_iter().flatten().chain([&mondo]) {
                self.add(&mesh, other);
            }
        }
        for row in table(&directory.join("doid/reports_2026/MESHinDO.tsv.gz")) {
            for mesh in row["xrefs"].split(|c: char| !c.is_alphanumeric() && c != ':') {
                self.add(mesh, &row["id"]);
            }
        }
        let mut id = String::new();
        for line in lines(&directory.join("doid/HumanDO_2017-02-17.obo.gz")) {
            if let Some(value) = line.strip_prefix("id: ") {
                value.clone_into(&mut id);
            } else if let Some(local) = line.strip_prefix("xref: MSH:") {
                self.add(&format!("MESH:{local}"), &id);
            }
        }
    }

    fn add_species(&mut self, directory: &Path) {
        for line in lines(&directory.join("ncbitaxon/reconstructed_taxdump/nodes.dmp.gz")) {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            self.add_parent(&format!("NCBITaxon:{}", cells[0]), &format!("NCBITaxon:{}", cells[1]));
        }
        let mut id = String::new();
        for line in lines(&directory.join("ncbitaxon/taxslim_2022-10-06.obo.gz")) {
            if let Some(value) = line.strip_prefix("id: ") {
                value.clone_into(&mut id);
            } else if let Some(value) = line.strip_prefix("is_a: ") {
                self.add_parent(&id, value.split(' ').next().unwrap());
            }
        }
    }

    fn is_above(&self, ancestor: &str, id: &str) -> bool {
        let mut seen = HashSet::new();
        let mut left = vec![id];
        while let Some(id) = left.pop() {
            if seen.insert(id) {
                left.extend(self.parents.get(id).into_iter().flatten().map(String::as_str));
            }
        }
        ancestor != id && seen.contains(ancestor)
    }

    /// What of a claim's identifiers no terminology says. A chemical's cross-reference must share a name with it.
    pub fn differing(&self, claim: &Claim, known: &Terminologies) -> Vec<String> {
        let id = claim.id.as_str();
        let beside = |other: &String| self.beside.get(id).is_some_and(|beside| beside.contains(other));
        let shares_name = |other: &String| {
            let own = claim.names.iter().map(|name| plain(name)).collect::<HashSet<_>>();
            let names = |id: &str| known.names.get(id).into_iter().flatten();
            names(other).any(|name| own.contains(name) || names(id).any(|known| known == name))
        };
        let is_chemical = |other: &String| other.starts_with("CHEBI:") || other.starts_with("DRUGBANK:");
        let holds = |other: &&String| if is_chemical(other) { shares_name(other) } else { beside(other) };
        // Every cell line is of the human part of its terminology.
        let taxon = claim.taxon_id.iter().filter(|taxon| match id.starts_with("cellosaurus:") {
            true => *taxon != "NCBITaxon:9606",
            false => !beside(taxon),
        });
        let parents = claim.parent_ids.iter().filter(|parent| {
            id.starts_with("NCBITaxon:") && self.parents.contains_key(id) && !self.is_above(parent, id)
        });
        let wrong = claim.xrefs.iter().filter(|other| !holds(other)).chain(taxon).chain(parents);
        wrong.map(|other| format!("{id}: no terminology puts {other} beside it")).collect()
    }
}

use std::io::Cursor;

use proptest::prelude::*;

use super::super::input::tests::gzip;
use super::super::parts::tests::shown;
use super::*;

fn read(bytes: impl Into<Vec<u8>>) -> Vec<String> {
    match MeshXmlReader::from_reader("f.xml", Box::new(Cursor::new(bytes.into()))) {
        Ok(mut reader) => shown(&mut reader),
        Err(error) => vec![error.to_string()],
    }
}

fn term(text: &str, preferred: char, permuted: char, tag: &str) -> String {
    format!(
        "<Term IsPermutedTermYN=\"{permuted}\" LexicalTag=\"{tag}\" RecordPreferredTermYN=\"{preferred}\">\
         <TermUI>T1</TermUI><String>{text}</String></Term>"
    )
}

fn concept(id: &str, preferred: char, inside: &str) -> String {
    format!("<Concept PreferredConceptYN=\"{preferred}\"><ConceptUI>{id}</ConceptUI>{inside}</Concept>")
}

fn relation(name: &str, first: &str, second: &str) -> String {
    format!(
        "<ConceptRelationList><ConceptRelation RelationName=\"{name}\"><Concept1UI>{first}</Concept1UI>\
         <Concept2UI>{second}</Concept2UI></ConceptRelation></ConceptRelationList>"
    )
}

fn descriptors(records: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<!DOCTYPE x SYSTEM \"x\">\n<DescriptorRecordSet>\n{records}\n</DescriptorRecordSet>"
    )
}

fn descriptor() -> String {
    let concepts = [
        concept(
            "M1",
            'Y',
            &[
                "<RegistryNumber>50-78-2</RegistryNumber><ScopeNote> What it\n is. </ScopeNote>".to_owned(),
                "<RelatedRegistryNumberList><RelatedRegistryNumber>54063-54-6 (salt)</RelatedRegistryNumber>\
                 </RelatedRegistryNumberList>"
                    .to_owned(),
                relation("NRW", "M1", "M2"),
                format!(
                    "<TermList>{}{}</TermList>",
                    term("Cats &amp; Dogs", 'Y', 'N', "NON"),
                    term("CD", 'N', 'N', "ABB")
                ),
            ]
            .concat(),
        ),
        concept(
            "M2",
            'N',
            &format!(
                "{}{}{}",
                relation("NRW", "M1", "M2"),
                term("Kitten", 'N', 'N', "LAB"),
                term("Kitten, A", 'N', 'Y', "ABB")
            ),
        ),
        concept("M3", 'N', &(relation("NRW", "M3", "M1") + &term("Pets", 'N', 'N', "NON"))),
        concept("M4", 'N', &term("Zoo", 'N', 'N', "NON")),
    ]
    .concat();
    format!(
        "<DescriptorRecord DescriptorClass = \"1\">\n<DescriptorUI>D000001</DescriptorUI>\
         <DescriptorName><String>Cats &amp; Dogs</String></DescriptorName>\
         <PharmacologicalActionList><DescriptorUI>D999999</DescriptorUI></PharmacologicalActionList>\
         <TreeNumberList><TreeNumber>B01.1</TreeNumber><TreeNumber>B02</TreeNumber></TreeNumberList>\
         <ConceptList>{concepts}</ConceptList></DescriptorRecord>"
    )
}

#[test]
fn descriptors_are_read_with_the_scopes_of_their_concepts() {
    let text = descriptors(&descriptor());
    let expected = ["4: MESH:D000001 \"Cats & Dogs\" Exact/Abbreviation=CD Exact/Code=50-78-2 \
        Related/Code=54063-54-6 Narrow/Plain=Kitten Narrow/Permuted=Kitten, A Broad/Plain=Pets Related/Plain=Zoo \
        #B01.1 #B02 (What it is.)"];
    assert_eq!(read(text.as_str()), expected);
    let (head, tail) = text.as_bytes().split_at(300);
    assert_eq!(read([gzip(head), gzip(tail)].concat()), expected);
}

#[test]
fn supplementary_records_are_read() {
    let record = format!(
        "<SupplementalRecord SCRClass = \"3\"><SupplementalRecordUI>C000001</SupplementalRecordUI>\
         <SupplementalRecordName><String>rare thing</String></SupplementalRecordName><Note>seen once</Note>\
         <HeadingMappedToList><HeadingMappedTo><DescriptorReferredTo><DescriptorUI>*D000002</DescriptorUI>\
         <DescriptorName><String>Thing</String></DescriptorName></DescriptorReferredTo></HeadingMappedTo>\
         </HeadingMappedToList><ConceptList>{}</ConceptList></SupplementalRecord>",
        concept(
            "M1",
            'Y',
            &("<RegistryNumber>0</RegistryNumber>".to_owned() + &term("rare thing", 'Y', 'N', "NON"))
        )
    );
    assert_eq!(
        read(format!("<SupplementalRecordSet>{record}</SupplementalRecordSet>")),
        ["1: MESH:C000001 \"rare thing\" #scr-3 #mapped-D000002 (seen once)"]
    );
}

#[test]
fn a_record_without_an_identifier_is_told_with_its_line_and_the_next_is_read() {
    let good = "<DescriptorRecord><DescriptorUI>D000002</DescriptorUI></DescriptorRecord>";
    for (bad, problem) in [
        ("<DescriptorRecord></DescriptorRecord>", "f.xml, line 4: the record has no unique identifier"),
        (
            "<DescriptorRecord>\n<DescriptorUI>many words</DescriptorUI></DescriptorRecord>",
            "f.xml, line 4: \"many words\" is not an identifier of MESH",
        ),
    ] {
        let seen = read(descriptors(&format!("{bad}\n{good}")));
        assert_eq!(seen.len(), 2, "{seen:?}");
        assert!(seen[0].starts_with(problem), "{seen:?}");
        assert!(seen[1].ends_with(": MESH:D000002 \"\""), "{seen:?}");
    }
}

#[test]
fn xml_that_is_not_well_formed_ends_the_file() {
    let seen = read(descriptors(&format!("{}\n<DescriptorRecord></x>", descriptor())));
    assert!(seen.len() == 2 && seen[1].starts_with("f.xml, line 7: not well-formed XML"), "{seen:?}");
    let big = format!("<DescriptorRecord>{}</DescriptorRecord>", "x".repeat(RECORD_BYTES_LIMIT));
    let seen = read(descriptors(&big));
    assert!(seen.len() == 1 && seen[0].starts_with("f.xml, line 4: "), "{seen:?}");
}

#[test]
fn what_is_no_mesh_is_refused() {
    for (text, found) in [
        ("", "no element"),
        ("D000001\tx", "no element"),
        ("<QualifierRecordSet/>", "<QualifierRecordSet>"),
        ("<a", "not well-formed XML"),
    ] {
        let seen = read(text);
        assert!(seen.len() == 1 && seen[0].starts_with("f.xml: not MeSH's XML: "), "{seen:?}");
        assert!(seen[0].contains(&format!("is expected, not {found}")), "{seen:?}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(at in 0..1500usize, bytes in proptest::collection::vec(any::<u8>(), 0..20)) {
        let mut text = descriptors(&descriptor()).into_bytes();
        text.splice(at..(at + bytes.len()).min(text.len()), bytes.clone());
        read(text);
        read(bytes);
    }
}

use std::io::Write as _;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::*;

fn read(name: &str, bytes: &[u8], format: Option<InputFormat>) -> Vec<Result<InputDocument, FormatError>> {
    DocumentReader::open(name, Box::new(io::Cursor::new(bytes.to_vec())), format).unwrap().collect()
}

/// Each document as `id|kind:heading@offset=text|…`, each error as its words.
fn shown(name: &str, text: &str) -> Vec<String> {
    let show = |read: Result<InputDocument, FormatError>| match read {
        Err(error) => error.to_string(),
        Ok(InputDocument { document, passage_offsets }) => {
            assert_eq!(document.passages.len(), passage_offsets.len());
            let passages = document.passages.iter().zip(passage_offsets).map(|(passage, offset)| {
                format!("|{}:{}@{offset}={}", passage.kind, passage.title, passage.text)
            });
            format!("{}{}", document.id, passages.collect::<String>())
        }
    };
    read(name, text.as_bytes(), None).into_iter().map(show).collect()
}

const BIOC_XML: &str = r#"<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE collection SYSTEM "BioC.dtd">
<collection><source>own</source><date>2020</date><key>k</key>
<document><id>7</id><infon key="x">y</infon>
<passage><infon key="type">title</infon><offset>0</offset><text>Wörms &amp; &#946;-&#x3B2; &unknown;</text>
<annotation id="1"><infon key="type">Gene</infon><location offset="0" length="5"/><text>Wörms</text></annotation></passage>
<passage><infon key="type">abstract</infon><offset>40</offset><text><![CDATA[a<b]]></text></passage>
<passage><offset>50</offset><sentence><offset>50</offset><text>One.</text></sentence>
<sentence><offset>56</offset><text>Two.</text></sentence></passage>
<relation id="r"/></document>
<document><id>8</id><passage><offset>x</offset><text>bad</text></passage></document>
<document><id>9</id><passage><offset>3</offset><text/></passage></document></collection>"#;

#[test]
fn bioc_xml_keeps_offsets_and_passes_over_annotations() {
    assert_eq!(
        shown("a.xml", BIOC_XML),
        [
            "7|title:@0=Wörms & β-β &unknown;|abstract:@40=a<b|:@50=One.  Two.",
            "a.xml:10: document 8: \"x\" is not an offset; write a number of code points",
            "9|:@3=",
        ]
    );
}

#[test]
fn bioc_json_comes_as_collection_list_document_or_lines() {
    let one =
        r#"{"id":1,"passages":[{"offset":0,"infons":{"type":"title"},"text":"A [}\" b","annotations":[]}]}"#;
    let two = r#"{"passages":[{"offset":5,"infons":{"section_type":"INTRO"},"text":null,"sentences":[{"offset":5,"text":"S."}]}],"id":"x"}"#;
    let expected = ["1|title:@0=A [}\" b", "x|INTRO:@5=S."];
    let files = [
        format!(r#"{{"source":"s","documents":[{one},{two}],"infons":{{"documents":[1]}}}}"#),
        format!(r#"{{"date":"documents","key":["a"],"PubTator3": [ {one} , {two} ] }}"#),
        format!("[{one},\n{two}]"),
        format!("{one}\n{two}\n"),
        format!("\u{feff}{{\"documents\":[{one}]}}{{\"documents\":[{two}]}}"),
    ];
    for file in files {
        assert_eq!(shown("a.json", &file), expected, "{file}");
    }
    let file = format!("{{\"documents\":[{one},\n{{\"id\":\"bad\",\"passages\":3}},{two}]}}");
    let read = shown("a.json", &file);
    assert!(read[1].starts_with("a.json:2: document bad: not a BioC document: invalid type"), "{}", read[1]);
    assert_eq!((read.len(), read[2].as_str()), (3, expected[1]));
    let cut = shown("a.json", &format!("{{\"documents\":[{one}, {{"));
    assert_eq!(cut[1], "a.json:1: not well-formed JSON: the file ends inside an object or a list");
    let deep = shown("a.json", &format!("{{\"documents\":[{}", "{\"a\":[".repeat(100)));
    assert_eq!(deep, ["a.json:1: brackets are nested more than 128 deep"]);
    assert!(shown("a.json", r#"{"documents":[]}"#).is_empty());
}

#[test]
fn pubtator_reads_titles_and_abstracts_and_passes_over_mentions() {
    let file = "\n1|t|Wörm | title \n1|a|An abstract.\n1\t0\t4\tWörm\tSpecies\t6239\n1\tCID\tD1\tD2\n\n\
                2|t|Only a title\r\n3|t|No empty line before\n3|a|\n\n|a|No id, no title\n\n\
                4|t|x\n5|a|y\n4|a|z\n\n6|t|x\nnonsense\n\n7|t|x\n7|t|y\n\n8|t|good\n8|a|end";
    assert_eq!(
        shown("a.pubtator", file),
        [
            "1|title:@0=Wörm | title |abstract:@14=An abstract.",
            "2|title:@0=Only a title",
            "3|title:@0=No empty line before|abstract:@21=",
            "|title:@0=|abstract:@1=No id, no title",
            "a.pubtator:14: document 4: the line is of document 5",
            "a.pubtator:18: document 6: not a PubTator line; write \"id|t|title\", \"id|a|abstract\" or the \
             tab-separated fields of a mention",
            "a.pubtator:21: document 7: the document has two titles",
            "8|title:@0=good|abstract:@5=end",
        ]
    );
}

#[test]
fn pubmed_xml_reads_sets_articles_and_labels() {
    let citation = |id: &str| {
        format!(
            "<MedlineCitation><PMID Version=\"1\">{id}</PMID><Article><Journal><Title>J</Title></Journal>\
             <ArticleTitle>About <i>C.\n elegans</i></ArticleTitle><Abstract>\
             <AbstractText Label=\"AIMS\">H<sub>2</sub>O &lt; 1</AbstractText><AbstractText/>\
             <AbstractText>End.</AbstractText></Abstract><OtherAbstract><AbstractText>No</AbstractText></OtherAbstract>\
             </Article><CommentsCorrectionsList><CommentsCorrections><PMID>9</PMID></CommentsCorrections>\
             </CommentsCorrectionsList></MedlineCitation>"
        )
    };
    let expected =
        |id: &str| format!("{id}|title:@0=About C. elegans|abstract:AIMS@17=H2O < 1|abstract:@25=End.");
    let article = format!(
        "<?xml version=\"1.0\"?><!DOCTYPE PubmedArticleSet PUBLIC \"-//NLM//DTD\" \"x.dtd\"><PubmedArticleSet>\
         <PubmedArticle>{}<PubmedData><ArticleIdList><ArticleId>x</ArticleId></ArticleIdList></PubmedData>\
         </PubmedArticle><PubmedArticle>{}</PubmedArticle></PubmedArticleSet>",
        citation("12"),
        citation("13")
    );
    assert_eq!(shown("a.xml", &article), [expected("12"), expected("13")]);
    let set = format!("<MedlineCitationSet>{}</MedlineCitationSet>", citation("5"));
    assert_eq!(shown("a.xml", &set), [expected("5")]);
    let cut = &article[..article.len() - 300];
    let read = shown("a.xml", cut);
    assert_eq!(read[0], expected("12"));
    assert!(read[1].starts_with("a.xml:3: document 13: not well-formed XML"), "{}", read[1]);
}

const JATS: &str = r#"<!DOCTYPE article PUBLIC "-//NLM//DTD JATS" "x.dtd">
<article xmlns:xlink="x"><front><journal-meta><journal-title>J</journal-title></journal-meta><article-meta>
<article-id pub-id-type="pmid">12</article-id><article-id pub-id-type="pmc">34</article-id>
<title-group><article-title>IL-7 in <italic>Passer</italic><xref ref-type="fn"><sup>1</sup></xref></article-title>
<alt-title>running head</alt-title></title-group><contrib-group><contrib><name><surname>Sparrow</surname></name></contrib></contrib-group>
<abstract><sec><title>Aims</title><p>To see.</p></sec></abstract>
<kwd-group><kwd>birds</kwd></kwd-group></article-meta></front>
<body><p>Before any section.</p><sec><title>Materials &amp; methods</title><p>Ca<sup>2+</sup> and
 IL-7<sup><xref ref-type="bibr">1</xref>,<xref ref-type="bibr">2</xref></sup> rose [<xref ref-type="bibr">3</xref>]
 to 10<sup>6</sup>.<xref ref-type="bibr"><sup>4</sup></xref>
 <fig><label>Figure 1</label><caption><title>A bird</title><p>It sings.</p></caption><graphic/></fig> After.</p>
<sec><title>Inner</title><p>Deep.</p></sec></sec>
<sec sec-type="results"><title>What came</title><table-wrap><label>Table 1</label><caption><p>Counts</p></caption>
<table><thead><tr><th>Bird</th><th>n</th></tr></thead><tbody><tr><td>Sparrow</td>
<td><p>1</p><p>2</p></td></tr></tbody></table><table-wrap-foot><fn><label>a</label><p>Note.</p></fn></table-wrap-foot></table-wrap>
<p>E = <inline-formula><tex-math>\alpha</tex-math></inline-formula>1</p></sec></body>
<back><ref-list><ref><mixed-citation>Nobody</mixed-citation></ref></ref-list></back></article>"#;

#[test]
fn jats_reads_title_abstract_sections_captions_and_tables() {
    let read = shown("a.nxml", JATS);
    let parts: Vec<String> = read[0]
        .split('|')
        .map(|part| {
            let (head, text) = part.split_once('=').unwrap_or((part, ""));
            format!("{}={text}", head.split('@').next().unwrap())
        })
        .collect();
    assert_eq!(
        parts,
        [
            "PMC34=",
            "title:=IL-7 in Passer",
            "abstract:Aims=To see.",
            "keyword:=birds",
            "body:=Before any section.",
            "methods:Materials & methods=Ca2+ and IL-7 rose [3] to 106. After.",
            "figure-caption:Figure 1=A bird",
            "figure-caption:Figure 1=It sings.",
            "methods:Inner=Deep.",
            "table-caption:Table 1=Counts",
            "table:Table 1=Bird\tn\nSparrow\t1 2",
            "table-footnote:Table 1=Note.",
            "results:What came=E = 1",
        ]
    );
    assert_eq!(read.len(), 1);
    assert_eq!(shown("b.nxml", "<article><front/></article>"), ["b.nxml"]);
    let two = format!("<pmc-articleset>{0}{0}</pmc-articleset>", &JATS[JATS.find("<article").unwrap()..]);
    assert_eq!(shown("a.nxml", &two), [read[0].clone(), read[0].clone()]);
}

#[test]
fn text_lines_and_pages_are_documents() {
    assert_eq!(shown("note.txt", "\u{feff}Two\nlines"), ["note.txt|:@0=Two\nlines"]);
    assert_eq!(shown("note.txt", ""), ["note.txt|:@0="]);
    let lines: Vec<_> = read("x", b"one\r\n\nth\xffree\nfour", Some(InputFormat::Lines));
    let ids: Vec<String> = lines
        .iter()
        .map(|read| match read {
            Ok(read) => format!("{}={}", read.document.id, read.document.passages[0].text),
            Err(error) => error.to_string(),
        })
        .collect();
    assert_eq!(
        ids,
        ["1=one", "2=", "x:3: document 3: the text is not valid UTF-8; convert it first", "4=four"]
    );
    let page = "# A title\n\nPMC · PMID: 3 · Venue\n\n## Abstract\n\nText.\n";
    assert_eq!(shown("PMC9.md", page), ["PMC9|title:@0=A title|abstract:Abstract@8=Text."]);
    assert_eq!(
        shown("p.md", "# A title\n\nPMC · PMID: x\n\n## Abstract\n"),
        ["p.md:3: \"PMID: x\" is not a paper's identifier; write PMC12808468, PMID:31452104 or \
          doi:10.3389/fimmu.2025.1736931"]
    );
}

#[test]
fn formats_are_told_from_names_and_first_bytes() {
    use InputFormat::*;
    for (name, head, expected) in [
        ("a.txt", "Some words", Some(Text)),
        ("a.txt.gz", "", Some(Text)),
        ("a.md", "# A plain page\n\nwords", Some(Text)),
        ("a.md", "# T\n\n**Authors:** A\n", Some(PaperPage)),
        ("a", "12|t|Title", Some(Pubtator)),
        ("a", "12 |t| no", Some(Text)),
        ("a", "<?xml version='1.0'?><collection>", Some(BiocXml)),
        ("a", "\u{feff} <PubmedArticleSet>", Some(PubmedXml)),
        ("a", "<!DOCTYPE MedlineCitationSet><MedlineCitationSet>", Some(PubmedXml)),
        ("a", "<!DOCTYPE article PUBLIC>\n<article>", Some(Jats)),
        ("a.nxml.gz", "<root>", Some(Jats)),
        ("a.xml", "<root>", None),
        ("a", "{\"documents\": [", Some(BiocJson)),
        ("a.json", "{\"a\": 1}", None),
        ("a.txt", "[Translated title.]", Some(Text)),
    ] {
        assert_eq!(detect(name, head.as_bytes()), expected, "{name} {head}");
    }
    for format in InputFormat::ALL {
        assert_eq!(format.to_string().parse(), Ok(format));
    }
    let error = "tex".parse::<InputFormat>().unwrap_err().to_string();
    assert!(error.starts_with("\"tex\" is not a format; write one of text, lines, pubtator"), "{error}");
    let unknown = DocumentReader::open("a.xml", Box::new(&b"<root/>"[..]), None).err().unwrap();
    assert_eq!(unknown.to_string(), "a.xml: its format cannot be told; name it with --input-format");
}

#[test]
fn gzip_is_unpacked_and_damage_is_an_error() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(BIOC_XML.as_bytes()).unwrap();
    let mut packed = encoder.finish().unwrap();
    assert_eq!(read("a.xml.gz", &packed, None).len(), 3);
    packed.truncate(packed.len() / 2);
    let reader =
        DocumentReader::open("a.xml.gz", Box::new(io::Cursor::new(packed)), Some(InputFormat::BiocXml));
    let errors: Vec<String> = match reader {
        Ok(reader) => reader.filter_map(|read| read.err().map(|error| error.to_string())).collect(),
        Err(error) => vec![error.to_string()],
    };
    assert!(errors[0].contains("cannot be read"), "{errors:?}");
}

#[test]
fn limits_hold_at_their_bounds() {
    let problem = |name: &str, bytes: &[u8], format| {
        read(name, bytes, Some(format))
            .into_iter()
            .next()
            .unwrap()
            .err()
            .map(|error| error.problem.to_string())
    };
    let too_long = Some(FormatProblem::DocumentTooLong.to_string());
    let text = "x".repeat(DOCUMENT_BYTES_LIMIT + 1);
    let (most, more) = (&text.as_bytes()[..DOCUMENT_BYTES_LIMIT], text.as_bytes());
    for format in [InputFormat::Text, InputFormat::Lines] {
        assert_eq!(problem("a", most, format), None);
        assert_eq!(problem("a", more, format), too_long);
    }
    for (head, tail, format) in [
        ("1|t|", "\n", InputFormat::Pubtator),
        ("<document><passage><text>", "</text></passage></document>", InputFormat::BiocXml),
        ("{\"passages\":[{\"text\":\"", "\"}]}", InputFormat::BiocJson),
        ("<article><p>", "</p></article>", InputFormat::Jats),
        ("<BookDocument><ArticleTitle>", "</ArticleTitle></BookDocument>", InputFormat::PubmedXml),
    ] {
        assert_eq!(
            problem("a", &[head.as_bytes(), most, tail.as_bytes()].concat(), format),
            None,
            "{format}"
        );
        let over = [head.as_bytes(), more, tail.as_bytes(), b"\n", head.as_bytes(), b"next", tail.as_bytes()]
            .concat();
        let documents = read("a", &over, Some(format));
        assert_eq!(documents[0].as_ref().err().map(|error| error.problem.to_string()), too_long, "{format}");
        assert_eq!(documents[1].as_ref().unwrap().document.passages[0].text, "next", "{format}");
    }
    let passages = |count| format!("<document>{}</document>", "<passage/>".repeat(count));
    assert_eq!(problem("a", passages(PASSAGES_LIMIT).as_bytes(), InputFormat::BiocXml), None);
    let many = problem("a", passages(PASSAGES_LIMIT + 1).as_bytes(), InputFormat::BiocXml);
    assert_eq!(many, Some(FormatProblem::TooManyPassages.to_string()));
    let deep = |depth: usize| {
        format!("<document>{}{}</document>", "<a>".repeat(depth - 1), "</a>".repeat(depth - 1))
    };
    assert_eq!(problem("a", deep(XML_DEPTH_LIMIT).as_bytes(), InputFormat::BiocXml), None);
    let deeper = problem("a", deep(XML_DEPTH_LIMIT + 1).as_bytes(), InputFormat::BiocXml);
    assert_eq!(deeper, Some(FormatProblem::TooDeep.to_string()));
    let big = |bytes: usize| format!("<document><x>{}</x></document>", "y".repeat(bytes - 30));
    assert_eq!(problem("a", big(RECORD_BYTES_LIMIT).as_bytes(), InputFormat::BiocXml), None);
    let bigger = problem("a", big(RECORD_BYTES_LIMIT + 100).as_bytes(), InputFormat::BiocXml);
    assert_eq!(bigger, Some(FormatProblem::RecordTooLong.to_string()));
}

#[test]
fn deep_copies_of_headings_stay_small() {
    let article = format!(
        "<article><body><sec><title>{}</title>{}</sec></body></article>",
        "h".repeat(1 << 20),
        "<p>x</p>".repeat(9_000)
    );
    let document = read("a", article.as_bytes(), Some(InputFormat::Jats)).remove(0).unwrap().document;
    assert!(document.passages.iter().all(|passage| passage.title.len() <= 300));
}

fn shared() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    std::env::var_os("GLOSSATOR_SHARED").map_or_else(|| manifest.join("../shared"), PathBuf::from)
}

#[test]
fn real_files_read_without_errors() {
    for (path, format, least) in [
        ("corpora/text/bioc/biored_dev.BioC.xml.gz", InputFormat::BiocXml, 50),
        ("corpora/text/bioc/biored_dev.BioC.json.gz", InputFormat::BiocJson, 50),
        ("corpora/text/bioc/bc5cdr_dev.BioC.xml.gz", InputFormat::BiocXml, 488),
        ("corpora/text/pubtator3_biocjson/pubtator_8.json", InputFormat::BiocJson, 1),
        ("corpora/text/pubmed_xml/medline16n0902.subset.xml.gz", InputFormat::PubmedXml, 300),
        ("corpora/text/pubmed_xml/s800_train_dev.pubmed.xml.gz", InputFormat::PubmedXml, 300),
        ("corpora/text/pubmed_xml/pubmed-29768149.xml", InputFormat::PubmedXml, 1),
        ("corpora/text/plain/pubmedqa_1k.pubtator", InputFormat::Pubtator, 1000),
        ("corpora/bc5cdr/dev.pubtator", InputFormat::Pubtator, 488),
        ("corpora/gnormplus/train.pubtator", InputFormat::Pubtator, 100),
        ("corpora/linnaeus/dev.pubtator", InputFormat::Pubtator, 1),
        ("corpora/text/jats/ehp-116-1694.nxml", InputFormat::Jats, 1),
        ("corpora/text/jats/pone.0046493.nxml", InputFormat::Jats, 1),
        ("corpora/text/jats/1472-6831-8-11.nxml", InputFormat::Jats, 1),
        ("papers/PMC12808468.md", InputFormat::PaperPage, 1),
    ] {
        let path = shared().join(path);
        let Ok(bytes) = std::fs::read(&path) else {
            println!("skipped: {} is missing", path.display());
            continue;
        };
        let reader =
            DocumentReader::open(&path.to_string_lossy(), Box::new(io::Cursor::new(bytes)), None).unwrap();
        assert_eq!(reader.format(), format, "{}", path.display());
        let documents: Vec<InputDocument> =
            reader.map(|read| read.unwrap_or_else(|error| panic!("{error}"))).collect();
        assert!(documents.len() >= least, "{}: {}", path.display(), documents.len());
        assert!(
            documents.iter().all(|read| !read.document.passages.is_empty() && !read.document.id.is_empty())
        );
    }
}

/// The gold files' own mentions tell whether texts and offsets are read as they are meant.
#[test]
fn gold_offsets_fall_on_their_mentions() {
    for name in ["bc5cdr/dev.pubtator", "gnormplus/train.pubtator"] {
        let path = shared().join("corpora").join(name);
        let Ok(text) = std::fs::read_to_string(&path) else {
            println!("skipped: {} is missing", path.display());
            continue;
        };
        let (mut right, mut wrong) = (0, 0);
        let documents = read(name, text.as_bytes(), Some(InputFormat::Pubtator));
        let whole: std::collections::HashMap<String, Vec<char>> = documents
            .into_iter()
            .map(|read| {
                let document = read.unwrap().document;
                let texts: Vec<&str> =
                    document.passages.iter().map(|passage| passage.text.as_str()).collect();
                (document.id, texts.join(" ").chars().collect())
            })
            .collect();
        for fields in
            text.lines().map(|line| line.split('\t').collect::<Vec<_>>()).filter(|fields| fields.len() > 4)
        {
            let (start, end): (usize, usize) = (fields[1].parse().unwrap(), fields[2].parse().unwrap());
            let slice: String = whole[fields[0]].get(start..end).unwrap_or_default().iter().collect();
            if slice == fields[3] { right += 1 } else { wrong += 1 }
        }
        assert!(right > 1000 && wrong * 1000 < right, "{name}: {right} right, {wrong} wrong");
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), format in prop::sample::select(InputFormat::ALL.to_vec())) {
        let _ = detect("a", &bytes);
        let documents = read("a", &bytes, Some(format));
        prop_assert!(documents.len() <= 302);
    }

    #[test]
    fn damaged_samples_do_not_panic(
        sample in prop::sample::select(vec![BIOC_XML, JATS, "1|t|a\n1|a|b\n1\t0\t1\ta\tGene\t1\n",
            r#"{"documents":[{"id":"a","passages":[{"offset":0,"text":"b\"c"}]}]}"#,
            "<PubmedArticleSet><MedlineCitation><PMID>1</PMID><ArticleTitle>a &lt; b</ArticleTitle></MedlineCitation></PubmedArticleSet>"]),
        format in prop::sample::select(InputFormat::ALL.to_vec()),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), any::<bool>()), 0..8),
    ) {
        let mut bytes = sample.as_bytes().to_vec();
        for (at, byte, remove) in changes {
            if bytes.is_empty() {
                break;
            }
            let at = at.index(bytes.len());
            if remove { bytes.remove(at); } else { bytes[at] = byte; }
        }
        for read in read("a", &bytes, Some(format)).into_iter().flatten() {
            prop_assert_eq!(read.document.passages.len(), read.passage_offsets.len());
        }
    }
}

#[test]
fn a_file_of_something_else_is_refused_and_an_empty_set_is_not() {
    for format in [InputFormat::PubmedXml, InputFormat::Jats, InputFormat::BiocXml] {
        for text in ["BRAF is a gene\n", "<foo><bar/></foo>"] {
            let found = read("a", text.as_bytes(), Some(format));
            let [Err(error)] = &found[..] else { panic!("{format} {text}: {found:?}") };
            assert!(error.to_string().contains("no record of this format"), "{error}");
        }
    }
    for (format, text) in [
        (InputFormat::PubmedXml, "<PubmedArticleSet></PubmedArticleSet>"),
        (InputFormat::Jats, "<pmc-articleset/>"),
        (InputFormat::BiocXml, "<collection><source>own</source></collection>"),
    ] {
        assert!(read("a", text.as_bytes(), Some(format)).is_empty(), "{text}");
    }
}

//! Answers that are encoded where they are made, on the threads of the pool or straight from the catalog's bytes, so that
//! the reactor only copies them, whatever their size.
//!
//! `build.rs` puts [`Encoded`] in the place of the messages that carry much. On the wire nothing differs.

use bytes::{Buf, BufMut, Bytes};
use prost::encoding::{
    DecodeContext, WireType, encode_key, encode_varint, encoded_len_varint, key_len, skip_field,
};
use prost::{DecodeError, Message};

/// What the key and the length of an answer's message take, at most.
const HEAD_BYTES: usize = 16;
/// The field of every answer of a stream that counts them.
const SEQUENCE: u32 = 1;

/// The field of an answer for a paper that names it.
const PAPER_ID: u32 = 1;

/// A whole message in its bytes. It is only ever sent: what is read into it is passed over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Encoded {
    head: Bytes,
    /// What follows the head; large, so that it is not copied to stand behind it.
    body: Bytes,
}

impl Encoded {
    /// That message, encoded.
    pub fn of(message: &impl Message) -> Self {
        Self { head: message.encode_to_vec().into(), body: Bytes::new() }
    }

    /// The answer for a paper of that identifier whose field `tag` is the encoded message `body`.
    pub fn of_paper(id: &str, tag: u32, body: Vec<u8>) -> Self {
        Self::of_two(Field::Text(PAPER_ID, id), tag, body)
    }

    /// The answer of a stream with that sequence whose field `tag` is the encoded message `body`.
    pub fn answer(sequence: u64, tag: u32, body: Vec<u8>) -> Self {
        Self::of_two(Field::Number(SEQUENCE, sequence), tag, body)
    }

    /// A message of a short field, and a message behind it in its bytes.
    fn of_two(first: Field<'_>, tag: u32, body: Vec<u8>) -> Self {
        let mut head = Writer::with_capacity(HEAD_BYTES + first.encoded_len());
        head.field(first);
        head.begin(tag, body.len());
        Self { head: head.0.into(), body: body.into() }
    }
}

impl Message for Encoded {
    fn encode_raw(&self, buffer: &mut impl BufMut) {
        buffer.put_slice(&self.head);
        buffer.put_slice(&self.body);
    }

    fn merge_field(
        &mut self,
        tag: u32,
        wire_type: WireType,
        buffer: &mut impl Buf,
        context: DecodeContext,
    ) -> Result<(), DecodeError> {
        skip_field(wire_type, tag, buffer, context)
    }

    fn encoded_len(&self) -> usize {
        self.head.len() + self.body.len()
    }

    fn clear(&mut self) {
        *self = Self::default();
    }
}

/// A field of a message within a message.
#[derive(Debug, Clone, Copy)]
pub enum Field<'a> {
    /// A string; left out when empty.
    Text(u32, &'a str),
    /// A string of a list; empty ones are kept.
    Item(u32, &'a str),
    /// A CURIE of a list, or one that is there: prefix and local identifier.
    Curie(u32, &'a str, &'a str),
    /// A number or an enum's; left out when 0.
    Number(u32, u64),
    /// A number of 32 bits with a fraction; left out when 0.
    Float(u32, f32),
}

impl Field<'_> {
    /// How many bytes a message of fields takes as a field of another, with its key and its length.
    pub fn message_len(tag: u32, fields: &[Self]) -> usize {
        let bytes: usize = fields.iter().map(|field| field.encoded_len()).sum();
        key_len(tag) + encoded_len_varint(bytes as u64) + bytes
    }

    /// How many bytes it takes.
    pub fn encoded_len(self) -> usize {
        match self {
            Self::Text(_, "") | Self::Number(_, 0) | Self::Float(_, 0.0) => 0,
            Self::Float(tag, _) => key_len(tag) + size_of::<f32>(),
            Self::Text(tag, text) | Self::Item(tag, text) => {
                key_len(tag) + encoded_len_varint(text.len() as u64) + text.len()
            }
            Self::Curie(tag, prefix, local) => {
                let bytes = prefix.len() + 1 + local.len();
                key_len(tag) + encoded_len_varint(bytes as u64) + bytes
            }
            Self::Number(tag, number) => key_len(tag) + encoded_len_varint(number),
        }
    }
}

/// Writes a message field by field, in the order of their tags, as prost does.
#[derive(Debug, Default)]
pub struct Writer(Vec<u8>);

impl Writer {
    /// A writer with room for that many bytes.
    pub fn with_capacity(bytes: usize) -> Self {
        Self(Vec::with_capacity(bytes))
    }

    /// What was written, as a message.
    pub fn into_message(self) -> Encoded {
        Encoded { head: self.0.into(), body: Bytes::new() }
    }

    /// What was written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// A field of a message, its defaults left out.
    pub fn field(&mut self, field: Field<'_>) {
        match field {
            Field::Text(_, "") | Field::Number(_, 0) | Field::Float(_, 0.0) => {}
            Field::Text(tag, text) | Field::Item(tag, text) => self.bytes(tag, text.as_bytes()),
            Field::Curie(tag, prefix, local) => {
                self.begin(tag, prefix.len() + 1 + local.len());
                self.0.extend_from_slice(prefix.as_bytes());
                self.0.push(b':');
                self.0.extend_from_slice(local.as_bytes());
            }
            Field::Number(tag, number) => self.number(tag, number),
            Field::Float(tag, number) => {
                encode_key(tag, WireType::ThirtyTwoBit, &mut self.0);
                self.0.extend_from_slice(&number.to_le_bytes());
            }
        }
    }

    /// A number, 0 as well.
    pub fn number(&mut self, tag: u32, number: u64) {
        encode_key(tag, WireType::Varint, &mut self.0);
        encode_varint(number, &mut self.0);
    }

    /// Bytes with their length: a string or a message.
    pub fn bytes(&mut self, tag: u32, bytes: &[u8]) {
        self.begin(tag, bytes.len());
        self.0.extend_from_slice(bytes);
    }

    /// Begins a field of that many bytes.
    pub fn begin(&mut self, tag: u32, bytes: usize) {
        encode_key(tag, WireType::LengthDelimited, &mut self.0);
        encode_varint(bytes as u64, &mut self.0);
    }

    /// A message of fields.
    pub fn message(&mut self, tag: u32, fields: &[Field<'_>]) {
        self.begin(tag, fields.iter().map(|field| field.encoded_len()).sum());
        for field in fields {
            self.field(*field);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::proto;

    #[test]
    fn fields_are_written_as_prost_writes_them() {
        let section = |kind: &str, text: &str| proto::Section {
            kind: kind.to_owned(),
            title: String::new(),
            text: text.to_owned(),
        };
        let paper = proto::Paper {
            id: "PMC1".to_owned(),
            key_findings: vec![String::new(), "one".to_owned()],
            sections: vec![section("", ""), section("abstract", &"x".repeat(300))],
            figure_count: Some(0),
            full_text_uri: "f".to_owned(),
            ..proto::Paper::default()
        };
        let mut writer = Writer::default();
        writer.field(Field::Text(1, &paper.id));
        writer.field(Field::Text(3, &paper.title));
        paper.key_findings.iter().for_each(|text| writer.field(Field::Item(9, text)));
        for section in &paper.sections {
            writer.message(
                10,
                &[Field::Text(1, &section.kind), Field::Number(2, 0), Field::Text(3, &section.text)],
            );
        }
        writer.number(13, 0);
        writer.field(Field::Text(16, &paper.full_text_uri));
        assert_eq!(writer.into_message(), Encoded::of(&paper));
    }

    #[test]
    fn an_answer_has_its_sequence_and_its_message() {
        for sequence in [0, 1, u64::MAX] {
            let batch = proto::AnnotatedBatch { results: vec![proto::AnnotateResult { result: None }; 100] };
            let encoded = Encoded::answer(sequence, 4, batch.encode_to_vec());
            assert_eq!(encoded.encoded_len(), encoded.encode_to_vec().len());
            let result = Some(proto::annotate_stream_response::Result::Batch(batch));
            let message = proto::AnnotateStreamResponse { sequence, result };
            assert_eq!(encoded.encode_to_vec(), message.encode_to_vec());
        }
    }

    #[test]
    fn an_answer_for_a_paper_has_its_identifier() {
        for id in ["", "PMID:1"] {
            let document = proto::AnnotatedDocument { id: "PMID:1".to_owned(), ..Default::default() };
            let encoded = Encoded::of_paper(id, 2, document.encode_to_vec());
            let result = Some(proto::annotate_papers_response::Result::Document(document));
            let message = proto::AnnotatePapersResponse { paper_id: id.to_owned(), result };
            assert_eq!(encoded.encode_to_vec(), message.encode_to_vec());
        }
    }

    #[test]
    fn a_message_is_sent_as_it_is() {
        let encoded = Encoded::of(&proto::Span { start: 3, end: 400 });
        assert_eq!(proto::Span::decode(encoded.encode_to_vec().as_slice()).unwrap().end, 400);
        assert_eq!(encoded.encoded_len(), encoded.encode_to_vec().len());
    }
}

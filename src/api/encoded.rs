//! Answers that are encoded where they are made, on the threads of the pool or straight from the catalog's bytes, so that
//! the reactor only copies them, whatever their size.
//!
//! `build.rs` puts [`Encoded`] in the place of the messages that carry much. On the wire nothing differs.

use bytes::{Buf, BufMut, Bytes};
use prost::encoding::{
    DecodeContext, WireType, encode_key, encode_varint, encoded_len_varint, key_len, skip_field, string,
    uint64,
};
use prost::{DecodeError, Message};

use crate::text::Spare;
use crate::text::spare::SPARE_BYTES_LIMIT;

/// The field of every answer of a stream that counts them.
const SEQUENCE: u32 = 1;
/// The field of an answer for a paper that names it.
const PAPER_ID: u32 = 1;

/// A whole message, what is long of it in its bytes. It is only ever sent: what is read into it is passed over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Encoded {
    head: Head,
    body: Bytes,
}

/// What stands before the body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum Head {
    /// Nothing: the body is the message.
    #[default]
    None,
    /// The sequence, and the field that the body is.
    Sequence(u64, u32),
    /// The identifier of a paper, and the field that the body is.
    Paper(String, u32),
}

impl Encoded {
    /// That message, encoded.
    pub fn of(message: &impl Message) -> Self {
        message.encode_to_vec().into()
    }

    /// The message that `write` writes. It is short, so that it is written in room that the thread keeps.
    pub fn written(write: impl FnOnce(&mut Writer<'_>)) -> Self {
        Self { head: Head::None, body: written(write) }
    }

    /// The answer for a paper of that identifier whose field `tag` is the encoded message `body`.
    pub fn of_paper(id: String, tag: u32, body: impl Into<Bytes>) -> Self {
        Self { head: Head::Paper(id, tag), body: body.into() }
    }

    /// The answer of a stream with that sequence whose field `tag` is the encoded message `body`.
    pub fn answer(sequence: u64, tag: u32, body: impl Into<Bytes>) -> Self {
        Self { head: Head::Sequence(sequence, tag), body: body.into() }
    }

    /// The field that the body is; `None` for the message itself.
    const fn tag(&self) -> Option<u32> {
        match &self.head {
            Head::None => None,
            Head::Sequence(_, tag) | Head::Paper(_, tag) => Some(*tag),
        }
    }
}

impl From<Vec<u8>> for Encoded {
    /// The message of those bytes.
    fn from(message: Vec<u8>) -> Self {
        Self { head: Head::None, body: message.into() }
    }
}

impl Message for Encoded {
    fn encode_raw(&self, buffer: &mut impl BufMut) {
        match &self.head {
            Head::Sequence(sequence, _) if *sequence > 0 => uint64::encode(SEQUENCE, sequence, buffer),
            Head::Paper(id, _) if !id.is_empty() => string::encode(PAPER_ID, id, buffer),
            _ => {}
        }
        if let Some(tag) = self.tag() {
            encode_key(tag, WireType::LengthDelimited, buffer);
            encode_varint(self.body.len() as u64, buffer);
        }
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
        let first = match &self.head {
            Head::Sequence(sequence, _) if *sequence > 0 => uint64::encoded_len(SEQUENCE, sequence),
            Head::Paper(id, _) if !id.is_empty() => string::encoded_len(PAPER_ID, id),
            _ => 0,
        };
        let bytes = self.body.len();
        first + self.tag().map_or(0, |tag| key_len(tag) + encoded_len_varint(bytes as u64)) + bytes
    }

    fn clear(&mut self) {
        *self = Self::default();
    }
}

/// What `write` writes, in no more room than it takes: it is written in room that the thread keeps, unless it is too long for that.
pub fn written(write: impl FnOnce(&mut Writer<'_>)) -> Bytes {
    let mut room: Spare<Vec<u8>> = Spare::take();
    write(&mut Writer::new(&mut room));
    if room.capacity() > SPARE_BYTES_LIMIT {
        return std::mem::take(&mut *room).into();
    }
    Bytes::copy_from_slice(&room)
}

/// A field of a message.
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

/// Writes a message field by field, in the order of their tags, as prost does.
#[derive(Debug)]
pub struct Writer<'b>(&'b mut Vec<u8>);

impl<'b> Writer<'b> {
    /// One that writes behind what a buffer has.
    pub const fn new(buffer: &'b mut Vec<u8>) -> Self {
        Self(buffer)
    }

    /// A field, left out where it has its default.
    #[inline]
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
                self.key(tag, WireType::ThirtyTwoBit);
                self.0.extend_from_slice(&number.to_le_bytes());
            }
        }
    }

    /// A number, 0 as well.
    #[inline]
    pub fn number(&mut self, tag: u32, number: u64) {
        self.key(tag, WireType::Varint);
        self.varint(number);
    }

    /// Bytes with their length: a string or a message.
    #[inline]
    pub fn bytes(&mut self, tag: u32, bytes: &[u8]) {
        self.begin(tag, bytes.len());
        self.0.extend_from_slice(bytes);
    }

    /// Begins a field of that many bytes.
    #[inline]
    pub fn begin(&mut self, tag: u32, bytes: usize) {
        self.key(tag, WireType::LengthDelimited);
        self.varint(bytes as u64);
    }

    /// A message that `write` writes. Its length is known behind it: there is room for one of a byte, and what is longer moves on, which
    /// takes less than to measure all fields before.
    #[inline]
    pub fn message(&mut self, tag: u32, write: impl FnOnce(&mut Self)) {
        self.begin(tag, 0);
        let from = self.0.len();
        write(self);
        let bytes = self.0.len() - from;
        let more = encoded_len_varint(bytes as u64) - 1;
        if more > 0 {
            self.0.resize(self.0.len() + more, 0);
            self.0.copy_within(from..from + bytes, from + more);
        }
        let mut place = &mut self.0[from - 1..from + more];
        encode_varint(bytes as u64, &mut place);
    }

    /// A message of fields.
    pub fn fields(&mut self, tag: u32, fields: &[Field<'_>]) {
        self.message(tag, |writer| fields.iter().for_each(|field| writer.field(*field)));
    }

    /// A message of prost's, whose fields are those that follow.
    pub fn prost(&mut self, message: &impl Message) {
        self.0.extend(message.encode_to_vec());
    }

    #[inline]
    fn key(&mut self, tag: u32, wire_type: WireType) {
        self.varint(u64::from(tag << 3 | wire_type as u32));
    }

    /// Most numbers are of a byte or two.
    #[inline]
    fn varint(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
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
        let mut bytes = Vec::new();
        let mut writer = Writer::new(&mut bytes);
        writer.field(Field::Text(1, &paper.id));
        writer.field(Field::Text(3, &paper.title));
        paper.key_findings.iter().for_each(|text| writer.field(Field::Item(9, text)));
        for section in &paper.sections {
            writer.fields(
                10,
                &[Field::Text(1, &section.kind), Field::Number(2, 0), Field::Text(3, &section.text)],
            );
        }
        writer.number(13, 0);
        writer.field(Field::Text(16, &paper.full_text_uri));
        assert_eq!(Encoded::from(bytes), Encoded::of(&paper));
    }

    #[test]
    fn a_message_of_any_length_has_its_length_before_it() {
        for bytes in [0, 1, 125, 126, 127, 128, 16_380, 16_381, 16_384, 1 << 21, SPARE_BYTES_LIMIT] {
            let section = proto::Section { text: "x".repeat(bytes), ..proto::Section::default() };
            let paper = proto::Paper {
                id: "PMC1".to_owned(),
                sections: vec![section.clone(), section],
                license: "x".to_owned(),
                ..proto::Paper::default()
            };
            let written = Encoded::written(|writer| {
                writer.field(Field::Text(1, &paper.id));
                for section in &paper.sections {
                    writer.message(10, |writer| writer.field(Field::Text(3, &section.text)));
                }
                writer.field(Field::Text(17, &paper.license));
            });
            assert_eq!(written, Encoded::of(&paper), "{bytes}");
        }
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
            let encoded = Encoded::of_paper(id.to_owned(), 2, document.encode_to_vec());
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

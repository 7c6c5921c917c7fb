//! The records of entities, names and details, as the catalog's bytes hold them.

use super::file::{ByteReader, put_text, put_varint};
use super::names::NameScope;
use crate::formats::terminology::NameKind;
use crate::model::EntityType;

/// The most names of one entity.
pub(super) const ENTITY_NAMES_LIMIT: usize = 4_096;

/// The fixed part of an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EntityRecord {
    /// Where its names begin, the label first.
    pub(super) names: u32,
    /// Where its details begin.
    pub(super) details: u32,
    /// The number of its taxon in the NCBI taxonomy; of an organism its own. 0 for none.
    pub(super) taxon: u32,
    pub(super) name_count: u16,
    pub(super) source: u8,
    pub(super) entity_type: EntityType,
    pub(super) obsolete: bool,
    /// Whether it is named in the namespace that is wanted most for its type.
    pub(super) preferred: bool,
    /// How known it is, by how much there is to say of it.
    pub(super) prominence: u8,
}

impl EntityRecord {
    pub(super) const BYTES: usize = 4 + 4 + 4 + 2 + 1 + 1 + 1 + 1;

    /// What stands for an entity that is not there.
    pub(super) const NONE: Self = Self {
        names: u32::MAX,
        details: u32::MAX,
        taxon: 0,
        name_count: 0,
        source: u8::MAX,
        entity_type: EntityType::Other,
        obsolete: false,
        preferred: false,
        prominence: 0,
    };

    pub(super) fn write(&self, output: &mut Vec<u8>) {
        for number in [self.names, self.details, self.taxon] {
            output.extend(number.to_le_bytes());
        }
        output.extend(self.name_count.to_le_bytes());
        let flags = u8::from(self.obsolete) | u8::from(self.preferred) << 1;
        output.extend([self.source, self.entity_type as u8, flags, self.prominence]);
    }

    /// `entities` is the whole section.
    pub(super) fn read(entities: &[u8], place: usize) -> Self {
        let Some(bytes) = entities.as_chunks::<{ Self::BYTES }>().0.get(place) else { return Self::NONE };
        let number = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        Self {
            names: number(0),
            details: number(4),
            taxon: number(8),
            name_count: u16::from_le_bytes([bytes[12], bytes[13]]),
            source: bytes[14],
            entity_type: EntityType::ALL.get(usize::from(bytes[15])).copied().unwrap_or(EntityType::Other),
            obsolete: bytes[16] & 1 == 1,
            preferred: bytes[16] & 2 == 2,
            prominence: bytes[17],
        }
    }
}

/// A name of an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NameRecord<'a> {
    pub(super) entity: u32,
    pub(super) scope: NameScope,
    pub(super) kind: NameKind,
    /// Whether it is looked for in texts.
    pub(super) for_texts: bool,
    pub(super) source: u8,
    pub(super) text: &'a str,
}

impl<'a> NameRecord<'a> {
    pub(super) fn write(&self, output: &mut Vec<u8>) {
        output.extend(self.entity.to_le_bytes());
        output.push(self.scope as u8 | (self.kind as u8) << 3 | u8::from(self.for_texts) << 6);
        output.push(self.source);
        put_text(output, self.text);
    }

    pub(super) fn read(reader: &mut ByteReader<'a>) -> Self {
        let entity = reader.u32();
        let flags = reader.byte();
        Self {
            entity,
            scope: NameScope::ALL.get(usize::from(flags & 7)).copied().unwrap_or(NameScope::Related),
            kind: NameKind::ALL[usize::from(flags >> 3 & 7)],
            for_texts: flags >> 6 == 1,
            source: reader.byte(),
            text: reader.text(),
        }
    }
}

/// An identifier as the catalog keeps it: a prefix of the catalog's table and the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identifier<'a> {
    pub(super) prefix: &'a str,
    pub(super) local: &'a str,
}

impl Identifier<'_> {
    /// Whether `id` is the same identifier but for case.
    pub(super) fn equals(&self, id: &str) -> bool {
        let prefix = self.prefix.len();
        id.len() == prefix + 1 + self.local.len()
            && id.as_bytes()[prefix] == b':'
            && id.as_bytes()[..prefix].eq_ignore_ascii_case(self.prefix.as_bytes())
            && id.as_bytes()[prefix + 1..].eq_ignore_ascii_case(self.local.as_bytes())
    }
}

impl Identifier<'_> {
    /// As a CURIE.
    pub(super) fn to_curie(self) -> String {
        let mut text = String::with_capacity(self.prefix.len() + 1 + self.local.len());
        text.push_str(self.prefix);
        text.push(':');
        text.push_str(self.local);
        text
    }
}

impl std::fmt::Display for Identifier<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}:{}", self.prefix, self.local)
    }
}

/// What an entity is known by elsewhere, in the order that the details hold it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum IdentifierRole {
    /// Its own.
    Own,
    /// The same thing in another namespace.
    Equivalent,
    /// Retired in its favour.
    Retired,
    /// Near it in another namespace.
    Reference,
    /// What replaces it when it is retired itself.
    Replacement,
}

impl IdentifierRole {
    /// The roles of which an entity may have any number, in the order that the details hold them.
    pub(super) const LISTS: [Self; 4] = [Self::Equivalent, Self::Retired, Self::Reference, Self::Replacement];
}

/// Writes an identifier by the number of its prefix.
pub(super) fn put_identifier(output: &mut Vec<u8>, prefix: u32, local: &str) {
    put_varint(output, prefix);
    put_text(output, local);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_back() {
        let record = EntityRecord {
            names: 7,
            details: u32::MAX,
            taxon: 9606,
            name_count: 300,
            source: 254,
            entity_type: EntityType::CellLine,
            obsolete: true,
            preferred: true,
            prominence: 200,
        };
        let mut bytes = Vec::new();
        EntityRecord::NONE.write(&mut bytes);
        record.write(&mut bytes);
        assert_eq!(bytes.len(), 2 * EntityRecord::BYTES);
        assert_eq!(EntityRecord::read(&bytes, 1), record);
        assert_eq!(EntityRecord::read(&bytes, 2), EntityRecord::NONE);
        for (scope, kind, for_texts) in [
            (NameScope::Label, NameKind::Plain, true),
            (NameScope::Related, NameKind::Code, false),
            (NameScope::Broad, NameKind::Abbreviation, true),
        ] {
            let name = NameRecord { entity: 1 << 30, scope, kind, for_texts, source: 3, text: "β-actin" };
            let mut bytes = Vec::new();
            name.write(&mut bytes);
            assert_eq!(NameRecord::read(&mut ByteReader::new(&bytes, 0)), name);
        }
    }

    #[test]
    fn identifiers_are_the_same_whatever_their_case() {
        let id = Identifier { prefix: "FPLX", local: "AKT" };
        assert_eq!(id.to_string(), "FPLX:AKT");
        for (text, same) in
            [("FPLX:AKT", true), ("fplx:akt", true), ("FPLX:AKT1", false), ("FPL:XAKT", false), ("", false)]
        {
            assert_eq!(id.equals(text), same, "{text}");
        }
    }
}

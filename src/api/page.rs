//! Pages and their tokens (AIP-158).

use std::hash::{DefaultHasher, Hash, Hasher};

use super::error::ApiError;

/// The size of a page when the request names none.
pub const DEFAULT_PAGE_SIZE: usize = 50;
/// The most that a page may hold.
pub const PAGE_SIZE_LIMIT: usize = 1_000;
/// The most bytes of a token.
const TOKEN_BYTES_LIMIT: usize = 64;

/// What to do about a page over the size limit of a message.
pub const LESS_OF_A_PAGE: &str =
    "ask for a smaller page_size, or for fewer fields by read_mask where the request has one";

/// The page a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// How many results come before it.
    pub offset: usize,
    /// The most results it may hold.
    pub size: usize,
    fingerprint: u64,
}

impl Page {
    /// The page that `page_size` and `page_token` ask for. `request` is everything else that decides the results: a token
    /// is good only for the request that it was given for.
    ///
    /// # Errors
    /// A size under 0 or over 1,000, or a token of another request.
    pub fn new(page_size: i32, page_token: &str, request: impl Hash) -> Result<Self, ApiError> {
        let mut hasher = DefaultHasher::new();
        request.hash(&mut hasher);
        let fingerprint = hasher.finish();
        let size = match usize::try_from(page_size) {
            Ok(0) => DEFAULT_PAGE_SIZE,
            Ok(size) if size <= PAGE_SIZE_LIMIT => size,
            _ => {
                let problem = format!("must be 0 to {PAGE_SIZE_LIMIT}, not {page_size}");
                return Err(ApiError::invalid("page_size", problem));
            }
        };
        if page_token.is_empty() {
            return Ok(Self { offset: 0, size, fingerprint });
        }
        let offset = read_token(page_token, fingerprint).ok_or_else(|| {
            ApiError::invalid(
                "page_token",
                "is not a token of this request with the catalog in force; ask for the first page again",
            )
        })?;
        Ok(Self { offset, size, fingerprint })
    }

    /// The token of the page after this one.
    pub fn next_token(&self) -> String {
        format!("{:016x}{:x}", self.fingerprint, self.offset + self.size)
    }

    /// The items of this page out of all, and the token of the next page, empty when there is none.
    pub fn cut<'a, T>(&self, all: &'a [T]) -> (&'a [T], String) {
        let start = self.offset.min(all.len());
        let end = start.saturating_add(self.size).min(all.len());
        let token = if end < all.len() { self.next_token() } else { String::new() };
        (&all[start..end], token)
    }
}

fn read_token(token: &str, fingerprint: u64) -> Option<usize> {
    if token.len() > TOKEN_BYTES_LIMIT || !token.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let (head, tail) = token.split_at_checked(16)?;
    (u64::from_str_radix(head, 16).ok()? == fingerprint).then(|| usize::from_str_radix(tail, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_one_another_to_the_end() {
        let all: Vec<u32> = (0..120).collect();
        let mut token = String::new();
        let mut seen = Vec::new();
        loop {
            let page = Page::new(0, &token, "request").unwrap();
            let (items, next) = page.cut(&all);
            assert!(items.len() <= DEFAULT_PAGE_SIZE);
            seen.extend_from_slice(items);
            token = next;
            if token.is_empty() {
                break;
            }
        }
        assert_eq!(seen, all);
    }

    #[test]
    fn sizes_and_tokens_are_checked() {
        assert_eq!(Page::new(1_000, "", "r").unwrap().size, 1_000);
        for size in [-1, 1_001, i32::MIN] {
            assert!(
                matches!(Page::new(size, "", "r"), Err(ApiError::InvalidField { field, .. }) if field == "page_size")
            );
        }
        let token = Page::new(10, "", "r").unwrap().next_token();
        assert_eq!(Page::new(20, &token, "r").unwrap().offset, 10);
        let long = "0".repeat(65);
        for (token, request) in
            [(token.as_str(), "other"), ("x", "r"), (&long, "r"), ("é", "r"), (&token[..16], "r")]
        {
            assert!(matches!(
                Page::new(10, token, request),
                Err(ApiError::InvalidField { field, .. }) if field == "page_token"
            ));
        }
        let huge = format!("{}{:x}", &token[..16], usize::MAX);
        let page = Page::new(10, &huge, "r").unwrap();
        assert_eq!(page.cut(&[1, 2, 3]), (&[][..], String::new()));
    }
}

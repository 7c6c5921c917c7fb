//! Bearer tokens: who may call which services.

use std::path::{Path, PathBuf};
use std::{fs, io};

use http::HeaderMap;
use http::header::AUTHORIZATION;

use crate::api::error::ApiError;

/// The most bytes of a token file.
const FILE_BYTES_LIMIT: u64 = 1 << 20;
/// The fewest characters of a token: shorter ones can be guessed.
const TOKEN_CHARS_MIN: usize = 16;

/// The tokens that are good; with none every call is let in.
#[derive(Default)]
pub struct Tokens {
    tokens: Vec<Token>,
    required: bool,
}

struct Token {
    secret: Box<[u8]>,
    /// Full names of gRPC services; all when empty.
    services: Vec<String>,
}

/// Why a token file is not good. Never holds a token.
#[derive(Debug, thiserror::Error)]
pub enum TokensError {
    /// The file cannot be read.
    #[error("cannot read the token file {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file is larger than token files are.
    #[error("the token file {} has {bytes} bytes; at most {FILE_BYTES_LIMIT} are read", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        bytes: u64,
    },
    /// A token that can be guessed.
    #[error("{}, line {line}: the token is shorter than {TOKEN_CHARS_MIN} characters", path.display())]
    Short {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// No token in it: nobody could call.
    #[error("the token file {} holds no token", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
}

impl Tokens {
    /// The tokens of a file: one a line, followed by the full names of the services it is good for, all if none; lines
    /// that begin with `#` are comments.
    ///
    /// # Errors
    /// A file that cannot be read, is too large or holds none, or a token that is too short.
    pub fn from_file(path: &Path) -> Result<Self, TokensError> {
        let read = |source| TokensError::Read { path: path.to_owned(), source };
        let bytes = fs::metadata(path).map_err(read)?.len();
        if bytes > FILE_BYTES_LIMIT {
            return Err(TokensError::TooLarge { path: path.to_owned(), bytes });
        }
        let mut tokens = Vec::new();
        for (index, line) in fs::read_to_string(path).map_err(read)?.lines().enumerate() {
            let mut words = line.split_whitespace();
            let Some(secret) = words.next().filter(|word| !word.starts_with('#')) else { continue };
            if secret.chars().count() < TOKEN_CHARS_MIN {
                return Err(TokensError::Short { path: path.to_owned(), line: index + 1 });
            }
            let services = words.map(ToOwned::to_owned).collect();
            tokens.push(Token { secret: secret.as_bytes().into(), services });
        }
        if tokens.is_empty() {
            return Err(TokensError::Empty { path: path.to_owned() });
        }
        Ok(Self { tokens, required: true })
    }

    /// Whether a call of `service` with these headers is let in.
    ///
    /// # Errors
    /// No token or an unknown one, or one that is not good for the service.
    pub fn check(&self, headers: &HeaderMap, service: &str) -> Result<(), ApiError> {
        if !self.required {
            return Ok(());
        }
        let given = headers
            .get(AUTHORIZATION)
            .and_then(|value| value.as_bytes().split_at_checked(7))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case(b"Bearer "))
            .map(|(_, secret)| secret)
            .ok_or(ApiError::Unauthenticated)?;
        // All are compared, so that the time tells nothing of which fits.
        let known = self
            .tokens
            .iter()
            .fold(None, |found, token| if same_bytes(&token.secret, given) { Some(token) } else { found });
        match known {
            None => Err(ApiError::Unauthenticated),
            Some(token) if token.services.is_empty() || token.services.iter().any(|good| good == service) => {
                Ok(())
            }
            Some(_) => Err(ApiError::PermissionDenied { service: service.to_owned() }),
        }
    }
}

/// Compares in a time that depends on the lengths only.
fn same_bytes(left: &[u8], right: &[u8]) -> bool {
    let difference = left.iter().zip(right).fold(0, |difference, (a, b)| difference | (a ^ b));
    left.len() == right.len() && std::hint::black_box(difference) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Result<Tokens, TokensError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokens");
        fs::write(&path, text).unwrap();
        Tokens::from_file(&path)
    }

    fn headers(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(AUTHORIZATION, value.parse().unwrap())])
    }

    #[test]
    fn tokens_open_their_services() {
        let tokens =
            tokens("# readers\nall-services-token-1\npapers-only-token-22 glossator.v1.PaperService\n")
                .unwrap();
        let check = |value: &str, service: &str| tokens.check(&headers(value), service);
        assert_eq!(check("Bearer all-services-token-1", "glossator.v1.EntityService"), Ok(()));
        assert_eq!(check("bearer papers-only-token-22", "glossator.v1.PaperService"), Ok(()));
        let service = "glossator.v1.EntityService".to_owned();
        assert_eq!(
            check("Bearer papers-only-token-22", "glossator.v1.EntityService"),
            Err(ApiError::PermissionDenied { service })
        );
        for bad in [
            "Bearer nobody-knows-this-one",
            "all-services-token-1",
            "Basic all-services-token-1",
            "Bearer ",
            "é",
        ] {
            assert_eq!(check(bad, "glossator.v1.EntityService"), Err(ApiError::Unauthenticated), "{bad}");
        }
        assert_eq!(tokens.check(&HeaderMap::new(), "x"), Err(ApiError::Unauthenticated));
        assert_eq!(Tokens::default().check(&HeaderMap::new(), "x"), Ok(()));
    }

    #[test]
    fn bad_files_are_refused_without_telling_a_token() {
        let short = tokens("0123456789abcdef\nsecret\n").err().unwrap().to_string();
        assert!(short.contains("line 2") && !short.contains("secret"), "{short}");
        assert!(matches!(tokens("# nothing\n\n").err(), Some(TokensError::Empty { .. })));
        let large = "x".repeat(usize::try_from(FILE_BYTES_LIMIT).unwrap() + 1);
        assert!(matches!(tokens(&large).err(), Some(TokensError::TooLarge { .. })));
        assert!(matches!(Tokens::from_file(Path::new("nowhere")).err(), Some(TokensError::Read { .. })));
    }
}

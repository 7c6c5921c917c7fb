//! Bearer tokens: who may call which services, and who may call what only operators call.

use std::path::{Path, PathBuf};
use std::{fs, io};

use http::HeaderMap;
use http::header::AUTHORIZATION;

use crate::api::error::ApiError;

/// The most bytes of a token file.
const FILE_BYTES_LIMIT: u64 = 1 << 20;
/// The fewest characters of a token: shorter ones can be guessed.
const TOKEN_CHARS_MIN: usize = 16;
/// The word behind a token that gives it the admin right.
const ADMIN: &str = "admin";
/// The calls that need the admin right, by their paths.
const ADMIN_METHODS: [&str; 1] = ["/glossator.v1.CatalogService/ReloadCatalog"];

/// The tokens that are good; with none every call is let in that does not need the admin right.
#[derive(Default)]
pub struct Tokens {
    tokens: Vec<Token>,
    required: bool,
}

struct Token {
    secret: Box<[u8]>,
    /// Full names of gRPC services; all when empty.
    services: Vec<String>,
    /// Whether it is good for the calls that only operators make.
    admin: bool,
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
    /// The tokens of a file: one a line, followed by the full names of the services it is good for, all if none, and by
    /// the word `admin` if it is good for the calls that only operators make; lines that begin with `#` are comments.
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
            let (rights, services): (Vec<&str>, Vec<&str>) = words.partition(|word| *word == ADMIN);
            let services = services.into_iter().map(ToOwned::to_owned).collect();
            tokens.push(Token { secret: secret.as_bytes().into(), services, admin: !rights.is_empty() });
        }
        if tokens.is_empty() {
            return Err(TokensError::Empty { path: path.to_owned() });
        }
        Ok(Self { tokens, required: true })
    }

    /// Whether a call of the RPC at `path`, `/SERVICE/METHOD`, with these headers is let in.
    ///
    /// # Errors
    /// No token or an unknown one, or one that is not good for the service, or not for a call that needs the admin right.
    pub fn check(&self, headers: &HeaderMap, path: &str) -> Result<(), ApiError> {
        let name = path.trim_start_matches('/');
        let (service, method) = name.split_once('/').unwrap_or((name, ""));
        let admin_only = || ApiError::AdminOnly { method: method.to_owned() };
        let needs_admin = ADMIN_METHODS.contains(&path);
        if !self.required {
            return if needs_admin { Err(admin_only()) } else { Ok(()) };
        }
        let token = self.token_of(headers).ok_or(ApiError::Unauthenticated)?;
        if needs_admin {
            return if token.admin { Ok(()) } else { Err(admin_only()) };
        }
        if token.services.is_empty() || token.services.iter().any(|good| good == service) {
            return Ok(());
        }
        Err(ApiError::PermissionDenied { service: service.to_owned() })
    }

    /// The known token that the headers carry.
    fn token_of(&self, headers: &HeaderMap) -> Option<&Token> {
        let (scheme, given) = headers.get(AUTHORIZATION)?.as_bytes().split_at_checked(7)?;
        if !scheme.eq_ignore_ascii_case(b"Bearer ") {
            return None;
        }
        // All are compared, so that the time tells nothing of which fits.
        self.tokens
            .iter()
            .fold(None, |found, token| if same_bytes(&token.secret, given) { Some(token) } else { found })
    }
}

/// Compares in a time that depends on the lengths only.
fn same_bytes(left: &[u8], right: &[u8]) -> bool {
    let difference = left.iter().zip(right).fold(0, |difference, (a, b)| difference | (a ^ b));
    left.len() == right.len() && std::hint::black_box(difference) == 0
}

#[cfg(test)]
mod tests {
    use prost::Message;
    use prost_types::FileDescriptorSet;

    use super::*;
    use crate::api::proto::FILE_DESCRIPTOR_SET;

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
        let (entities, papers) = ("glossator.v1.EntityService", "glossator.v1.PaperService");
        let check = |value: &str, service: &str| tokens.check(&headers(value), &format!("/{service}/Method"));
        assert_eq!(check("Bearer all-services-token-1", entities), Ok(()));
        assert_eq!(check("bearer papers-only-token-22", papers), Ok(()));
        let denied = ApiError::PermissionDenied { service: entities.to_owned() };
        assert_eq!(check("Bearer papers-only-token-22", entities), Err(denied));
        for bad in [
            "Bearer nobody-knows-this-one",
            "all-services-token-1",
            "Basic all-services-token-1",
            "Bearer ",
            "é",
        ] {
            assert_eq!(check(bad, entities), Err(ApiError::Unauthenticated), "{bad}");
        }
        assert_eq!(tokens.check(&HeaderMap::new(), "/x/Y"), Err(ApiError::Unauthenticated));
        assert_eq!(Tokens::default().check(&HeaderMap::new(), "/x/Y"), Ok(()));
    }

    #[test]
    fn the_admin_right_is_given_by_its_word_only() {
        let tokens = tokens(
            "all-services-token-1\nadmin-and-all-token admin\ncatalog-only-token-1 glossator.v1.CatalogService\n\
             papers-admin-token-1 glossator.v1.PaperService admin\n",
        )
        .unwrap();
        let admin_only = Err(ApiError::AdminOnly { method: "ReloadCatalog".to_owned() });
        let [reload] = ADMIN_METHODS;
        for (token, reloads, gets) in [
            ("all-services-token-1", false, true),
            ("admin-and-all-token", true, true),
            ("catalog-only-token-1", false, true),
            ("papers-admin-token-1", true, false),
        ] {
            let headers = headers(&format!("Bearer {token}"));
            let expected = if reloads { Ok(()) } else { admin_only.clone() };
            assert_eq!(tokens.check(&headers, reload), expected, "{token}");
            let get = tokens.check(&headers, "/glossator.v1.CatalogService/GetCatalog");
            assert_eq!(get.is_ok(), gets, "{token}");
        }
        assert_eq!(tokens.check(&HeaderMap::new(), reload), Err(ApiError::Unauthenticated));
        assert_eq!(Tokens::default().check(&HeaderMap::new(), reload), admin_only);
        assert_eq!(Tokens::default().check(&headers("Bearer admin-and-all-token"), reload), admin_only);
    }

    #[test]
    fn the_calls_that_need_the_admin_right_are_in_the_contract() {
        let files = FileDescriptorSet::decode(FILE_DESCRIPTOR_SET).unwrap();
        let paths: Vec<String> = files
            .file
            .iter()
            .flat_map(|file| file.service.iter().map(move |service| (file.package(), service)))
            .flat_map(|(package, service)| {
                let path = move |name: &str| format!("/{package}.{}/{name}", service.name());
                service.method.iter().map(move |method| path(method.name()))
            })
            .collect();
        for path in ADMIN_METHODS {
            assert!(paths.iter().any(|known| known == path), "{path}");
        }
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

//! Where connections come in: a TCP address or a unix socket.

use std::fmt;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::net::{TcpListener, UnixListener, UnixStream};
use tonic::transport::server::TcpIncoming;

/// When the system begins to ask whether an idle peer is there.
const TCP_KEEPALIVE: Duration = Duration::from_secs(60);
/// The longest path of a unix socket that every system takes.
const SOCKET_PATH_BYTES_LIMIT: usize = 100;

/// Why the server cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The address is none.
    #[error("cannot listen on \"{address}\": {problem}; write HOST:PORT or unix:PATH")]
    Address {
        /// What was asked for.
        address: String,
        /// What is wrong.
        problem: String,
    },
    /// The system refuses it.
    #[error("cannot listen on {address}: {source}")]
    Bind {
        /// What was asked for.
        address: String,
        /// What the system says.
        source: io::Error,
    },
    /// Another server answers there.
    #[error("cannot listen on {address}: another server answers there; stop it or choose another path")]
    InUse {
        /// What was asked for.
        address: String,
    },
}

/// A bound listener.
pub enum Listener {
    /// TCP, without Nagle's delay: answers are small and should leave at once.
    Tcp(TcpIncoming, SocketAddr),
    /// A unix socket and its path.
    Unix(UnixListener, PathBuf),
}

impl fmt::Display for Listener {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(_, address) => write!(formatter, "{address}"),
            Self::Unix(_, path) => write!(formatter, "unix:{}", path.display()),
        }
    }
}

/// The file of a unix socket; removed when dropped.
pub struct SocketFile(PathBuf);

impl Drop for SocketFile {
    fn drop(&mut self) {
        // It may be gone already, and nobody is left to tell.
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Listener {
    /// Listens on `HOST:PORT` (port 0 picks a free one) or `unix:PATH`; of a socket the file comes with it.
    ///
    /// # Errors
    /// An address that is none, is taken, or that the system refuses.
    pub async fn bind(address: &str) -> Result<(Self, Option<SocketFile>), ListenError> {
        match address.strip_prefix("unix:") {
            // gRPC also writes unix:///path.
            Some(path) => bind_unix(Path::new(path.strip_prefix("//").unwrap_or(path)), address).await,
            None => bind_tcp(address).await.map(|listener| (listener, None)),
        }
    }
}

async fn bind_tcp(address: &str) -> Result<Listener, ListenError> {
    let failed = |source| ListenError::Bind { address: address.to_owned(), source };
    let bad = |problem: String| ListenError::Address { address: address.to_owned(), problem };
    let candidates: Vec<SocketAddr> =
        address.to_socket_addrs().map_err(|error| bad(error.to_string()))?.collect();
    if candidates.is_empty() {
        return Err(bad("it names no host".to_owned()));
    }
    let listener = TcpListener::bind(candidates.as_slice()).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    // The builder's TCP settings are ignored for a listener of one's own, hence here.
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true)).with_keepalive(Some(TCP_KEEPALIVE));
    Ok(Listener::Tcp(incoming, bound))
}

async fn bind_unix(path: &Path, address: &str) -> Result<(Listener, Option<SocketFile>), ListenError> {
    let bytes = path.as_os_str().len();
    if bytes == 0 || bytes > SOCKET_PATH_BYTES_LIMIT {
        let problem = format!("the path has {bytes} bytes, not 1 to {SOCKET_PATH_BYTES_LIMIT}");
        return Err(ListenError::Address { address: address.to_owned(), problem });
    }
    let failed = |source| ListenError::Bind { address: address.to_owned(), source };
    if let Ok(found) = std::fs::symlink_metadata(path) {
        if !found.file_type().is_socket() {
            let problem = "a file that is no socket is there".to_owned();
            return Err(ListenError::Address { address: address.to_owned(), problem });
        }
        // A socket that a killed server left behind refuses.
        match UnixStream::connect(path).await {
            Ok(_) => return Err(ListenError::InUse { address: address.to_owned() }),
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                std::fs::remove_file(path).map_err(failed)?;
            }
            Err(error) => return Err(failed(error)),
        }
    }
    let listener = UnixListener::bind(path).map_err(failed)?;
    Ok((Listener::Unix(listener, path.to_owned()), Some(SocketFile(path.to_owned()))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn port_0_picks_a_free_one() {
        let (listener, _) = Listener::bind("127.0.0.1:0").await.unwrap();
        assert!(matches!(&listener, Listener::Tcp(_, address) if address.port() != 0));
        let taken = Listener::bind(&listener.to_string()).await.err().unwrap();
        assert!(matches!(taken, ListenError::Bind { .. }));
    }

    #[tokio::test]
    async fn a_stale_socket_is_replaced_and_a_living_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("g.sock");
        let address = format!("unix:{}", path.display());
        let (listener, file) = Listener::bind(&address).await.unwrap();
        assert_eq!(listener.to_string(), address);
        assert!(matches!(Listener::bind(&address).await.err(), Some(ListenError::InUse { .. })));
        drop((listener, file));
        assert!(!path.exists());
        drop(UnixListener::bind(&path).unwrap());
        assert!(path.exists(), "left behind");
        assert!(Listener::bind(&address).await.is_ok());
        std::fs::write(&path, "a file of somebody's").unwrap();
        assert!(Listener::bind(&address).await.is_err() && path.exists());
    }

    #[tokio::test]
    async fn bad_addresses_are_named() {
        let long = format!("unix:{}", "x".repeat(SOCKET_PATH_BYTES_LIMIT + 1));
        for address in ["nowhere", "127.0.0.1", "127.0.0.1:99999", "unix:", &long] {
            let error = Listener::bind(address).await.err().unwrap().to_string();
            assert!(error.contains(address), "{error}");
        }
    }
}

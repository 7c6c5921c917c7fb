//! A server that answers as a test wants, byte for byte, one connection a request.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

/// A request.
#[derive(Debug, Clone)]
pub struct Ask {
    pub path: String,
    /// Names in lower case, and values.
    headers: Vec<(String, String)>,
}

impl Ask {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    fn read(stream: &TcpStream) -> Option<Self> {
        let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
        let path = lines.next()?.split(' ').nth(1)?.to_owned();
        let header = |line: String| {
            let (name, value) = line.split_once(':')?;
            Some((name.to_ascii_lowercase(), value.trim().to_owned()))
        };
        let headers = lines.take_while(|line| !line.is_empty()).filter_map(header).collect();
        Some(Self { path, headers })
    }
}

/// An answer: its status, headers and body, sent as they are. The connection ends behind it.
pub fn reply(status: u16, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {status} Told\r\nConnection: close\r\n");
    for header in headers {
        text.push_str(&format!("{header}\r\n"));
    }
    text.push_str("\r\n");
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// A server on this machine, until it is dropped.
pub struct Server {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Ask>>>,
    ends: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Answers the request of that number, from 0, by the function.
    pub fn start(answer: impl Fn(usize, &Ask) -> Vec<u8> + Send + 'static) -> Self {
        Self::serve(move |number, ask, stream| {
            // Whoever asked may have gone.
            let _ = stream.write_all(&answer(number, ask));
        })
    }

    /// Sends a chunked body for as long as somebody reads it.
    pub fn endless() -> Self {
        Self::serve(|_, _, stream| {
            let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
            let mut sent = stream.write_all(&reply(200, &["Transfer-Encoding: chunked"], b""));
            while sent.is_ok() {
                sent = stream.write_all(chunk.as_bytes());
            }
        })
    }

    /// Says so much to the first request and then nothing, until whoever asked goes; answers the others with the
    /// first of two answers where they ask for a rest, else with the second.
    pub fn silent_once(said: Vec<u8>, answers: Vec<Vec<u8>>) -> Self {
        Self::serve(move |number, ask, stream| {
            if number > 0 {
                let whole = usize::from(ask.header("range").is_none());
                let _ = stream.write_all(&answers[whole]);
            } else {
                let _ = stream.write_all(&said);
                // Ends when the other side does.
                let _ = stream.read(&mut [0]);
            }
        })
    }

    /// Answers whatever it is sent without encryption.
    pub fn babbling() -> Self {
        Self::listen(|stream, _| {
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(&reply(400, &[], b"what?"));
        })
    }

    fn serve(answer: impl Fn(usize, &Ask, &mut TcpStream) + Send + 'static) -> Self {
        Self::listen(move |stream, log| {
            let Some(ask) = Ask::read(stream) else { return };
            let number = {
                let mut log = log.lock().unwrap();
                log.push(ask.clone());
                log.len() - 1
            };
            answer(number, &ask, stream);
        })
    }

    fn listen(serve: impl Fn(&mut TcpStream, &Mutex<Vec<Ask>>) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let ends = Arc::new(AtomicBool::new(false));
        let (log, over) = (Arc::clone(&asked), Arc::clone(&ends));
        let thread = thread::spawn(move || {
            for stream in listener.incoming() {
                if over.load(Ordering::SeqCst) {
                    break;
                }
                serve(&mut stream.unwrap(), &log);
            }
        });
        Self { address, asked, ends, thread: Some(thread) }
    }

    /// Its address, without an end.
    pub fn address(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What was asked so far.
    pub fn asked(&self) -> Vec<Ask> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::SeqCst);
        // The listener wakes for one more connection.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

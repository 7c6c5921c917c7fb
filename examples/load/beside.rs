//! The client of large documents, in a process of its own: what answers of tens of megabytes keep from the small ones of the
//! same client is not the server's doing. It gives way and does not read what it is answered, as if it ran on another machine.

use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use serde_json::json;

use crate::calls::{self, Texts};
use crate::process::{Error, Served};

/// How much nicer than the other processes the client is.
const NICENESS: i32 = 10;
/// The streams that each have one large document in work.
pub const LARGE_STREAMS: usize = 2;

/// What the client has had of large documents.
pub struct Large {
    /// How many were answered.
    pub items: u64,
    /// How long one took, from sending it to its answer, in milliseconds.
    pub mean_ms: f64,
    /// Megabytes of text a second.
    pub megabytes_per_second: f64,
}

/// Is that client: asks for `time` from when it has said that it is ready, and then tells what it had.
pub async fn ask(server: &Served, large: &Texts, time: Duration) -> Result<(), Error> {
    let own = None;
    let niceness = rustix::process::getpriority_process(own)?.saturating_add(NICENESS);
    rustix::process::setpriority_process(own, niceness.min(19))?;
    println!("ready");
    let measured = calls::annotate_alone(server, large, LARGE_STREAMS, time).await?;
    let megabytes_per_second = measured.bytes as f64 / 1e6 / measured.time.as_secs_f64();
    let mean_ms = measured.latency.mean() / 1e3;
    println!(
        "{}",
        json!({ "items": measured.items, "mean_ms": mean_ms, "megabytes_per_second": megabytes_per_second })
    );
    Ok(())
}

/// The client while it asks. Ended when dropped.
pub struct Beside {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Drop for Beside {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Beside {
    /// Starts it and waits until it is ready.
    pub fn start(server: &Served, time: Duration) -> Result<Self, Error> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["--address", server.address(), "--large", &time.as_millis().to_string()]);
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let lines = child.stdout.take().map(BufReader::new).ok_or("the client of large documents is mute")?;
        let mut beside = Self { child, lines: lines.lines() };
        beside.line()?;
        Ok(beside)
    }

    fn line(&mut self) -> Result<String, Error> {
        Ok(self.lines.next().ok_or("the client of large documents ended early")??)
    }

    /// Waits for what it has had.
    pub fn end(mut self) -> Result<Large, Error> {
        let said: serde_json::Value = serde_json::from_str(&self.line()?)?;
        let number = |name: &str| said[name].as_f64().ok_or_else(|| format!("no {name} in {said}"));
        Ok(Large {
            items: said["items"].as_u64().ok_or("no items")?,
            mean_ms: number("mean_ms")?,
            megabytes_per_second: number("megabytes_per_second")?,
        })
    }
}

//! The processes that are measured: how they start, where they listen, and the CPU they have used.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use tonic::transport::{Channel, Endpoint};

/// Why something cannot be measured.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// The windows of this client: as large as its answers, so that the server's are what is measured.
const CLIENT_WINDOW_BYTES: u32 = 8 << 20;
/// The largest message either way.
pub const MESSAGE_BYTES_LIMIT: usize = 256 << 20;

/// A process that serves. Ended when dropped, if it was started here.
pub struct Served {
    child: Option<Child>,
    /// `HOST:PORT`.
    address: String,
    process: Option<u32>,
}

impl Drop for Served {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Served {
    /// Starts a program that logs JSON lines: `listening` with its address, and `serving` once it does.
    pub fn start(mut command: Command) -> Result<Self, Error> {
        let mut child = command.stderr(Stdio::piped()).spawn()?;
        let log = child.stderr.take().ok_or("the server has no log")?;
        let process = Some(child.id());
        let mut served = Self { child: Some(child), address: String::new(), process };
        let mut lines = BufReader::new(log).lines();
        loop {
            let line = lines.next().ok_or("the server ended before it served")??;
            let line: serde_json::Value = serde_json::from_str(&line).map_err(|_| line)?;
            if let Some(address) = line["address"].as_str() {
                served.address = address.to_owned();
            }
            if line["message"] == "serving" {
                break;
            }
        }
        // A pipe that nobody reads would stop the server.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(served)
    }

    /// A server that runs already. Its CPU is known if its process is.
    pub const fn running(address: String, process: Option<u32>) -> Self {
        Self { child: None, address, process }
    }

    /// Where it listens, `HOST:PORT`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// A connection of its own.
    pub async fn connect(&self) -> Result<Channel, Error> {
        let endpoint = Endpoint::from_shared(format!("http://{}", self.address))?
            .initial_stream_window_size(CLIENT_WINDOW_BYTES)
            .initial_connection_window_size(2 * CLIENT_WINDOW_BYTES)
            .tcp_nodelay(true);
        Ok(endpoint.connect().await?)
    }

    /// The CPU time that all of its threads have used; zero when its process is not known.
    pub fn cpu(&self) -> Duration {
        let Some(process) = self.process else { return Duration::ZERO };
        let threads = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten();
        // The first number counts the nanoseconds on a CPU; `stat` has the same in ticks of 10 ms.
        let nanoseconds = threads.filter_map(|thread| {
            let text = fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
            text.split_whitespace().next()?.parse::<u64>().ok()
        });
        Duration::from_nanos(nanoseconds.sum())
    }
}

/// The CPU time that this process has used.
pub fn own_cpu() -> Duration {
    clock(ClockId::ProcessCPUTime)
}

/// The CPU time that this thread has used.
pub fn thread_cpu() -> Duration {
    clock(ClockId::ThreadCPUTime)
}

fn clock(id: ClockId) -> Duration {
    let time = clock_gettime(id);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

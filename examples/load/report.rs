//! What was measured, as tables, and what it is held against.

use std::time::Duration;

use glossator::model::Document;

use crate::beside::Large;
use crate::calls::Way;
use crate::drive::Measured;
use crate::stalls::Stalls;

/// The server's CPU a document, as a multiple of annotating in process.
const STREAM_RATIO_LIMIT: f64 = 1.3;
const UNARY_RATIO_LIMIT: f64 = 3.0;
/// Answers a second of a stream of lookups, or the share of the echo's rate that is enough where it has fewer.
const LOOKUPS_RATE: f64 = 200_000.0;
const LOOKUPS_ECHO_SHARE: f64 = 0.7;
/// What the wire may cost the server for a document of a batch.
const WIRE_US_LIMIT: f64 = 20.0;
/// 99 of 100 small documents while large ones are worked on.
const SMALL_P99_MS_LIMIT: f64 = 5.0;

/// Prints figures as they come, and remembers whether a bound was broken.
pub struct Report {
    broken: Vec<String>,
}

impl Report {
    /// Begins a report on those documents.
    pub fn new(documents: &[Document]) -> Self {
        let bytes: usize = documents.iter().map(Document::text_bytes).sum();
        let mean = bytes / documents.len().max(1);
        println!("{} documents in turn, {mean} bytes of text each; {}", documents.len(), machine());
        Self { broken: Vec::new() }
    }

    pub fn heading(&self, name: &str) {
        println!("\n## {name}; {}", load());
    }

    fn hold(&mut self, what: &str, good: bool) {
        println!("{}: {what}", if good { "holds" } else { "BROKEN" });
        if !good {
            self.broken.push(what.to_owned());
        }
    }

    /// Prints a row of documents, and its header before the first.
    pub fn documents(&self, name: &str, connections: usize, measured: &Measured, echo: &Measured) {
        if name == Way::Unary.name() && connections == 1 {
            println!(
                "| Call | Connections | Documents/s | MB/s | p50, p99, p99.9 ms | CPU us a document: server, client | \
                 Echo: documents/s, MB/s, server us |\n| --- | --- | --- | --- | --- | --- | --- |"
            );
        }
        let [p50, p99, p999] = [0.5, 0.99, 0.999].map(|q| measured.latency.value_at_quantile(q) as f64 / 1e3);
        println!(
            "| {name} | {connections} | {:.0} | {:.2} | {p50:.2}, {p99:.2}, {p999:.2} | {:.1}, {:.1} | \
             {:.0}, {:.1}, {:.1} |",
            measured.rate(),
            megabytes(measured),
            measured.server_us(),
            measured.client_us(),
            echo.rate(),
            megabytes(echo),
            echo.server_us(),
        );
    }

    /// Holds the server's CPU against annotating in process on as many threads as the server has, which share what memory is near as its
    /// threads do.
    pub fn ratios(
        &mut self,
        (in_process_us, threads, alone_us): (f64, usize, f64),
        costs_us: &[(Way, usize, f64)],
    ) {
        println!(
            "\nin process: {in_process_us:.1} us a document on {threads} threads at once, {alone_us:.1} on one alone"
        );
        for (way, connections, cost_us) in costs_us {
            let limit = if *way == Way::Unary { UNARY_RATIO_LIMIT } else { STREAM_RATIO_LIMIT };
            let ratio = cost_us / in_process_us;
            let what = format!(
                "{}, {connections} connections: {ratio:.2} of in process, at most {limit}",
                way.name()
            );
            self.hold(&what, ratio <= limit);
        }
    }

    pub fn blank(&mut self, way: Way, measured: &Measured, in_process_us: f64) {
        let wire_us = measured.server_us() - in_process_us;
        let what = format!(
            "{}: {:.0} documents/s, {:.1} MB/s, server {:.1} us, in process {in_process_us:.1} us, wire {wire_us:.1} us",
            way.name(),
            measured.rate(),
            megabytes(measured),
            measured.server_us(),
        );
        match way {
            Way::Batches => {
                self.hold(&format!("{what}, at most {WIRE_US_LIMIT} us"), wire_us <= WIRE_US_LIMIT);
            }
            _ => println!("{what}"),
        }
    }

    pub fn lookups(&mut self, name: &str, measured: &Measured, echo: &Measured) {
        let share = measured.rate() / echo.rate();
        let what = format!(
            "{name}: {:.0} answers/s, {share:.2} of the echo's {:.0}; CPU us an answer: server {:.2}, client {:.2}, echo \
             {:.2}; {LOOKUPS_RATE:.0} or {LOOKUPS_ECHO_SHARE} wanted",
            measured.rate(),
            echo.rate(),
            measured.server_us(),
            measured.client_us(),
            echo.server_us(),
        );
        self.hold(&what, measured.rate() >= LOOKUPS_RATE || share >= LOOKUPS_ECHO_SHARE);
    }

    /// What the machine alone adds to latencies.
    pub fn stalls(&self, time: Duration, stalls: &Stalls) {
        let Stalls { count, longest, all } = stalls;
        println!(
            "the machine itself stood still on a core {count} times in {:.1} s, {:.1} ms at the longest, {:.1} ms in all",
            time.as_secs_f64(),
            longest.as_secs_f64() * 1e3,
            all.as_secs_f64() * 1e3,
        );
    }

    pub fn fairness(&mut self, name: &str, small: &Measured, large: Option<&Large>) {
        let [p50, p99, p999] = [0.5, 0.99, 0.999].map(|q| small.latency.value_at_quantile(q) as f64 / 1e3);
        let mut what = format!(
            "{name}: {:.0} documents/s, p50 {p50:.2}, p99 {p99:.2}, p99.9 {p999:.2} ms, CPU us a document: server {:.1}, \
             client {:.1}, together {:.2} cores",
            small.rate(),
            small.server_us(),
            small.client_us(),
            (small.server_cpu + small.client_cpu).as_secs_f64() / small.time.as_secs_f64(),
        );
        let Some(large) = large else {
            println!("{what}");
            return;
        };
        let Large { items, mean_ms, megabytes_per_second } = large;
        what.push_str(&format!(", large: {items} in {mean_ms:.0} ms each, {megabytes_per_second:.2} MB/s"));
        // None answered is no good answer.
        let good = small.items > 0 && p99 <= SMALL_P99_MS_LIMIT;
        self.hold(&format!("{what}; p99 at most {SMALL_P99_MS_LIMIT} ms"), good);
    }

    /// Says what was broken; whether nothing was.
    pub fn verdict(&self) -> bool {
        println!();
        for what in &self.broken {
            println!("broken: {what}");
        }
        println!("{}", if self.broken.is_empty() { "all bounds hold" } else { "some bounds are broken" });
        self.broken.is_empty()
    }
}

fn megabytes(measured: &Measured) -> f64 {
    measured.bytes as f64 / 1e6 / measured.time.as_secs_f64()
}

fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{cores} cores, {}", load())
}

/// How busy the machine was in the last minute.
fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    format!("load {}", text.split_whitespace().next().unwrap_or("unknown"))
}

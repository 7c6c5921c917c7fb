//! Draws how fast text is annotated, beside peers and limits: `docs/throughput.tsv` in, `docs/throughput.svg` out. The same
//! figures give the same bytes.
//!
//! ```text
//! cargo run --example throughput_picture
//! ```

use std::fmt::Write;
use std::path::Path;
use std::process::ExitCode;

/// Why there is no picture.
type Error = Box<dyn std::error::Error>;

const FIGURES: &str = "docs/throughput.tsv";
const PICTURE: &str = "docs/throughput.svg";

/// The scale, in powers of ten of MB/s.
const FIRST_POWER: i32 = -2;
const LAST_POWER: i32 = 3;

/// Sizes in pixels.
const WIDTH: f64 = 860.0;
const NAMES_WIDTH: f64 = 300.0;
const VALUES_WIDTH: f64 = 70.0;
const ROW: f64 = 28.0;
const BAR: f64 = 16.0;
const TOP: f64 = 44.0;
const BOTTOM: f64 = 40.0;

/// A line of the table.
struct Figure {
    name: String,
    /// Whose it is: a peer's, this program's, or a limit.
    kind: Kind,
    megabytes_a_second: f64,
}

#[derive(Clone, Copy)]
enum Kind {
    Peer,
    Own,
    Limit,
}

impl Kind {
    const fn class(self) -> &'static str {
        match self {
            Self::Peer => "peer",
            Self::Own => "own",
            Self::Limit => "limit",
        }
    }
}

fn main() -> ExitCode {
    match draw() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn draw() -> Result<(), Error> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let figures = read(&std::fs::read_to_string(root.join(FIGURES))?)?;
    Ok(std::fs::write(root.join(PICTURE), picture(&figures)?)?)
}

/// The figures of a table: name, kind, MB/s and source, with tabs between them; `#` begins a comment.
fn read(table: &str) -> Result<Vec<Figure>, Error> {
    let lines = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            let [name, kind, value, _source] = fields.as_slice() else {
                return Err(format!("not four columns: {line}").into());
            };
            let kind = match *kind {
                "peer" => Kind::Peer,
                "own" => Kind::Own,
                "limit" => Kind::Limit,
                other => return Err(format!("no kind of figure: {other}").into()),
            };
            Ok(Figure { name: (*name).to_owned(), kind, megabytes_a_second: value.parse()? })
        })
        .collect()
}

/// Where a value stands on the scale.
fn place(megabytes_a_second: f64) -> f64 {
    let scale = f64::from(LAST_POWER - FIRST_POWER);
    let share = (megabytes_a_second.log10() - f64::from(FIRST_POWER)) / scale;
    NAMES_WIDTH + share.clamp(0.0, 1.0) * (WIDTH - NAMES_WIDTH - VALUES_WIDTH)
}

/// Colours that can be told apart on light and dark grounds, and without colour by their order.
const STYLE: &str = "text{font:13px system-ui,sans-serif;fill:#24292f}.title{font-weight:600}\
    .grid{stroke:#8c959f;stroke-opacity:.35}.peer{fill:#8c959f}.own{fill:#0969da}.limit{fill:#bf8700}\
    @media(prefers-color-scheme:dark){text{fill:#e6edf3}.own{fill:#4493f8}.limit{fill:#d29922}}";

fn picture(figures: &[Figure]) -> Result<String, Error> {
    let height = TOP + ROW * figures.len() as f64 + BOTTOM;
    let mut svg = String::new();
    writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         aria-label=\"MB of text a second, logarithmic\">\n<style>{STYLE}</style>\n\
         <text class=\"title\" x=\"12\" y=\"24\">MB of text a second (logarithmic)</text>"
    )?;
    let end = TOP + ROW * figures.len() as f64;
    for power in FIRST_POWER..=LAST_POWER {
        let (x, value) = (place(10_f64.powi(power)), 10_f64.powi(power));
        writeln!(svg, "<line class=\"grid\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{TOP}\" y2=\"{end}\"/>")?;
        writeln!(svg, "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{value}</text>", end + 18.0)?;
    }
    for (row, figure) in figures.iter().enumerate() {
        let top = TOP + ROW * row as f64;
        let (text, bar) = (top + 19.0, top + (ROW - BAR) / 2.0);
        let end = place(figure.megabytes_a_second);
        writeln!(
            svg,
            "<text x=\"12\" y=\"{text:.1}\">{}</text>\n<rect class=\"{}\" x=\"{NAMES_WIDTH}\" y=\"{bar:.1}\" \
             width=\"{:.1}\" height=\"{BAR}\" rx=\"2\"/>\n<text x=\"{:.1}\" y=\"{text:.1}\">{}</text>",
            escaped(&figure.name),
            figure.kind.class(),
            end - NAMES_WIDTH,
            end + 6.0,
            figure.megabytes_a_second,
        )?;
    }
    svg.push_str("</svg>\n");
    Ok(svg)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

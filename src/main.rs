//! The `glossator` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    glossator::cli::main()
}

//! The program `leverage`. All of it is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    leverage::main()
}

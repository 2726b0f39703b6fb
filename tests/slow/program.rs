//! The program under test: what `host/src/main.rs` is.

/// See `leverage::main`.
#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    leverage::main()
}

/// The slow tests need Linux, so there is nothing to test.
#[cfg(not(target_os = "linux"))]
fn main() {}

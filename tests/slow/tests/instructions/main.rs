//! Budgets for what must not grow unnoticed: the instructions and system calls of a run, and how both grow with the
//! number of accounts.

#[cfg(target_os = "linux")]
mod suite;

#[cfg(target_os = "linux")]
fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    leverage_tests::program::set_leverage(env!("CARGO_BIN_EXE_leverage-under-slow-test"));
    suite::main()
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("not run: the tests of instruction and system call budgets need Linux");
}

//! Generated inputs for every editor and reader of files that people write (tests/FUZZING.md).

#[cfg(target_os = "linux")]
mod differential;
#[cfg(target_os = "linux")]
mod targets;

#[cfg(not(target_os = "linux"))]
#[test]
#[ignore = "the tests with generated inputs need Linux"]
fn editors_need_linux() {}

//! Measures the time and the peak memory of a command.
//!
//! The system counts what a process took before `exec` as the new program's, too: a command that is
//! started by a large process seems large. So this program starts itself anew, and that small process
//! starts the command.

use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::Result;

/// The word that makes this program the small process.
pub const WORD: &str = "process";

/// The time and memory of a command.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Taken {
    /// From its start to its end.
    pub time: Duration,
    /// The most memory that it held at a time, in bytes.
    pub memory: u64,
}

impl Taken {
    /// The lower of both.
    pub fn best(self, other: Self) -> Self {
        Self { time: self.time.min(other.time), memory: self.memory.min(other.memory) }
    }
}

/// Runs `command`, which must succeed.
pub fn measure(command: &Command) -> Result<Taken> {
    let mut starter = Command::new(std::env::current_exe()?);
    starter.arg(WORD).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => starter.env(name, value),
            None => starter.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        starter.current_dir(folder);
    }
    let output = starter.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("{command:?} failed").into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// The small process: runs the command in its arguments, and prints its time and memory.
pub fn run(arguments: &[OsString]) -> Result<()> {
    let (program, arguments) = arguments.split_first().ok_or("a command is missing")?;
    let start = Instant::now();
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output()?;
    let time = start.elapsed();
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    println!("{}", serde_json::to_string(&Taken { time, memory: peak_of_children()? })?);
    Ok(())
}

fn peak_of_children() -> Result<u64> {
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::uninit();
    // SAFETY: the pointer is to a `rusage`, which the call fills in if it succeeds.
    let usage = unsafe {
        if libc::getrusage(libc::RUSAGE_CHILDREN, usage.as_mut_ptr()) != 0 {
            return Err(std::io::Error::last_os_error().into());
        }
        usage.assume_init()
    };
    Ok(u64::try_from(usage.ru_maxrss)? * 1024)
}

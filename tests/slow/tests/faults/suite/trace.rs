//! The tracer: runs a command, and lets a judge decide about each of its system calls.
//!
//! Every thread of the run stops before and after each call (`ptrace`). Before a call, the judge decides about it.
//! The program under test is unchanged, except that the call that hides its memory from unprivileged tracers is skipped.

use leverage_tests::program::{Outcome, code};
use nix::errno::Errno;
use nix::libc;
use nix::sys::ptrace::{self, Options};
use nix::sys::signal::{Signal, killpg};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use std::collections::HashMap;
use std::ffi::{OsString, c_void};
use std::io::{Read, pipe};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};

use super::calls::{Call, Subject, kind};
use super::registers;

/// The decision about a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is made.
    Proceed,
    /// The whole process group dies of SIGKILL before it is made.
    Kill,
    /// Skip it, and return this error.
    Fail(Errno),
    /// It is made, but writes this many bytes only.
    Shorten(u64),
}

/// A run that was traced.
#[derive(Debug)]
pub struct Traced {
    /// Its exit status and output.
    pub outcome: Outcome,
    /// Its calls, in the order in which they began.
    pub calls: Vec<Call>,
}

/// Runs `command` to its end, and asks `judge` before each call; it also gets the call's number within the run.
///
/// # Panics
///
/// The system does not permit tracing.
#[expect(clippy::zombie_processes, reason = "every process of the group is traced, and waited for by the tracer")]
pub fn trace(mut command: Command, mut judge: impl FnMut(usize, &Call) -> Verdict) -> Traced {
    let [(stdout, stdout_end), (stderr, stderr_end)] = [(); 2].map(|()| pipe().expect("a pipe"));
    command.stdin(Stdio::null()).stdout(stdout_end).stderr(stderr_end).process_group(0);
    // SAFETY: one system call, between fork and exec.
    unsafe { command.pre_exec(|| Ok(ptrace::traceme()?)) };
    let child = command.spawn().unwrap_or_else(|error| {
        panic!("{command:?} can't be started and traced: {error}; the fault tests need a Linux that permits ptrace")
    });
    let group = Pid::from_raw(child.id().cast_signed());
    let mut run = Run { group, calls: Vec::new(), under_way: HashMap::new(), open: HashMap::new() };
    let status = run.follow(&mut judge);
    // This drops the writing ends. The output is much smaller than the capacity of a pipe.
    drop(command);
    let [stdout, stderr] = [stdout, stderr].map(|mut stream| {
        let mut text = String::new();
        stream.read_to_string(&mut text).expect("the program writes UTF-8");
        text
    });
    Traced { outcome: Outcome { code: code(status), stdout, stderr }, calls: run.calls }
}

/// A run that goes on.
struct Run {
    group: Pid,
    calls: Vec<Call>,
    /// The present call of each thread, and the result to inject.
    under_way: HashMap<Pid, (usize, Option<i64>)>,
    /// The open files. One table is enough: traced runs have threads, but start no other program.
    open: HashMap<u64, PathBuf>,
}

impl Run {
    fn follow(&mut self, judge: &mut impl FnMut(usize, &Call) -> Verdict) -> ExitStatus {
        let first = waitpid(self.group, None).expect("a child that was just started");
        assert!(matches!(first, WaitStatus::Stopped(_, Signal::SIGTRAP)), "the run stops at its start, not {first:?}");
        let options = Options::PTRACE_O_TRACESYSGOOD
            | Options::PTRACE_O_TRACECLONE
            | Options::PTRACE_O_TRACEFORK
            | Options::PTRACE_O_TRACEVFORK
            | Options::PTRACE_O_TRACEEXEC
            | Options::PTRACE_O_EXITKILL;
        ptrace::setoptions(self.group, options).expect("a traced run");
        go_on(self.group, None);
        loop {
            // Of this thread's children only: other tests trace on other threads. The end of the first thread is reported last.
            match waitpid(None, Some(WaitPidFlag::__WALL | WaitPidFlag::__WNOTHREAD)) {
                Err(Errno::EINTR) => {}
                Err(error) => panic!("a run can't be waited for: {error}"),
                Ok(WaitStatus::Exited(process, code)) if process == self.group => {
                    return ExitStatus::from_raw(code << 8);
                }
                Ok(WaitStatus::Signaled(process, signal, _)) if process == self.group => {
                    return ExitStatus::from_raw(signal as i32);
                }
                Ok(WaitStatus::PtraceSyscall(thread)) => self.stopped(thread, judge),
                Ok(WaitStatus::PtraceEvent(thread, ..)) => go_on(thread, None),
                // A new thread begins with this one.
                Ok(WaitStatus::Stopped(thread, Signal::SIGSTOP)) => go_on(thread, None),
                Ok(WaitStatus::Stopped(thread, signal)) => go_on(thread, Some(signal)),
                Ok(_) => {}
            }
        }
    }

    /// A thread stopped before or after a call.
    fn stopped(&mut self, thread: Pid, judge: &mut impl FnMut(usize, &Call) -> Verdict) {
        // A thread that died meanwhile has no registers; its end is reported separately.
        let Ok(info) = ptrace::syscall_info(thread) else { return };
        if info.op == libc::PTRACE_SYSCALL_INFO_ENTRY {
            // SAFETY: at this stop, `entry` is the part that the kernel has filled in.
            let (number, args) = unsafe { (info.u.entry.nr, info.u.entry.args) };
            if self.before(thread, number, args, judge).is_ok_and(|goes_on| !goes_on) {
                return;
            }
        } else if info.op == libc::PTRACE_SYSCALL_INFO_EXIT {
            // SAFETY: at this stop, `exit` is the part that the kernel has filled in.
            let result = unsafe { info.u.exit.sval };
            self.after(thread, result);
        }
        go_on(thread, None);
    }

    /// Judges a call. Returns whether the run continues.
    fn before(
        &mut self,
        thread: Pid,
        number: u64,
        args: [u64; 6],
        judge: &mut impl FnMut(usize, &Call) -> Verdict,
    ) -> nix::Result<bool> {
        let hides =
            number == libc::SYS_prctl.cast_unsigned() && args[0] == u64::from(libc::PR_SET_DUMPABLE.cast_unsigned());
        let call = self.call(thread, number, args);
        let verdict = judge(self.calls.len(), &call);
        let instead = match verdict {
            Verdict::Kill => {
                killpg(self.group, Signal::SIGKILL)?;
                return Ok(false);
            }
            Verdict::Fail(error) => Some(-i64::from(error as i32)),
            Verdict::Proceed if hides => Some(0),
            Verdict::Shorten(length) => {
                registers::set_third_argument(thread, length)?;
                None
            }
            Verdict::Proceed => None,
        };
        if instead.is_some() {
            registers::skip(thread)?;
        }
        self.under_way.insert(thread, (self.calls.len(), instead));
        self.calls.push(call);
        Ok(true)
    }

    fn after(&mut self, thread: Pid, result: i64) {
        let Some((index, instead)) = self.under_way.remove(&thread) else { return };
        if let Some(instead) = instead {
            // A thread that dies meanwhile needs no result.
            let _ = registers::set_result(thread, instead);
        }
        let result = instead.unwrap_or(result);
        let call = &mut self.calls[index];
        call.result = Some(result);
        if call.is(&["close"]) {
            self.open.remove(&call.args[0]);
        } else if call.is(&["open", "openat"])
            && let Ok(file) = u64::try_from(result)
        {
            self.open.insert(file, call.paths[0].clone());
        }
    }

    fn call(&self, thread: Pid, number: u64, args: [u64; 6]) -> Call {
        let Some(kind) = kind(number) else {
            return Call { thread, name: number.to_string(), args, paths: Vec::new(), result: None };
        };
        let path = |index: usize| PathBuf::from(text(thread, args[index]));
        let path_at = |index: usize| {
            let path = path(index);
            match self.open.get(&args[index - 1]) {
                // An empty path is the open file itself.
                Some(file) if path.as_os_str().is_empty() => file.clone(),
                Some(folder) if path.is_relative() => folder.join(path),
                _ => path,
            }
        };
        let paths = match kind.subject {
            Subject::Path(index) => vec![path(index)],
            Subject::At(index) => vec![path_at(index)],
            Subject::Paths(from, to) => vec![path(from), path(to)],
            Subject::PathsAt(from, to) => vec![path_at(from), path_at(to)],
            Subject::Open => self.open.get(&args[0]).cloned().into_iter().collect(),
        };
        Call { thread, name: kind.name.to_owned(), args, paths, result: None }
    }
}

/// Lets a thread run to its next stop. Does nothing if it was killed meanwhile.
fn go_on(thread: Pid, signal: Option<Signal>) {
    match ptrace::syscall(thread, signal) {
        Ok(()) | Err(Errno::ESRCH) => {}
        Err(error) => panic!("a traced thread can't go on: {error}"),
    }
}

/// The text at an address of the thread, up to its NUL; as far as it can be read.
fn text(thread: Pid, address: u64) -> OsString {
    let mut bytes = Vec::new();
    while let Ok(word) = ptrace::read(thread, (address + bytes.len() as u64) as *mut c_void) {
        let word = word.to_ne_bytes();
        let end = word.iter().position(|byte| *byte == 0);
        bytes.extend(&word[..end.unwrap_or(word.len())]);
        if end.is_some() {
            break;
        }
    }
    OsString::from_vec(bytes)
}

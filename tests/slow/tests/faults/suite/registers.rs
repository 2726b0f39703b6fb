//! The registers of a traced thread before or after a system call: the part that depends on the processor.
//!
//! Skips a call, or changes its arguments or its result.

pub use imp::{set_result, set_third_argument, skip};

#[cfg(target_arch = "x86_64")]
mod imp {
    use nix::Result;
    use nix::sys::ptrace::{getregs, setregs};
    use nix::unistd::Pid;

    /// Makes the kernel skip the call: it goes on to the end of the call at once.
    pub fn skip(thread: Pid) -> Result<()> {
        let mut registers = getregs(thread)?;
        registers.orig_rax = u64::MAX;
        setregs(thread, registers)
    }

    /// The result of a call; a negative one is an error number.
    pub fn set_result(thread: Pid, result: i64) -> Result<()> {
        let mut registers = getregs(thread)?;
        registers.rax = result.cast_unsigned();
        setregs(thread, registers)
    }

    /// The third argument of the next call: the number of bytes of a `write`.
    pub fn set_third_argument(thread: Pid, value: u64) -> Result<()> {
        let mut registers = getregs(thread)?;
        registers.rdx = value;
        setregs(thread, registers)
    }
}

#[cfg(target_arch = "aarch64")]
mod imp {
    use nix::Result;
    use nix::errno::Errno;
    use nix::libc;
    use nix::sys::ptrace::{getregs, setregs};
    use nix::unistd::Pid;

    /// The register set with the number of the call; `libc` has no name for it.
    const NT_ARM_SYSTEM_CALL: usize = 0x404;

    /// Makes the kernel skip the call: it goes on to the end of the call at once.
    pub fn skip(thread: Pid) -> Result<()> {
        let mut number: libc::c_int = -1;
        let mut data = libc::iovec { iov_base: (&raw mut number).cast(), iov_len: size_of::<libc::c_int>() };
        // SAFETY: `data` names `number`, which outlives the call, and its true size.
        Errno::result(unsafe {
            libc::ptrace(libc::PTRACE_SETREGSET, thread.as_raw(), NT_ARM_SYSTEM_CALL, &raw mut data)
        })
        .map(drop)
    }

    /// The result of a call; a negative one is an error number.
    pub fn set_result(thread: Pid, result: i64) -> Result<()> {
        let mut registers = getregs(thread)?;
        registers.regs[0] = result.cast_unsigned();
        setregs(thread, registers)
    }

    /// The third argument of the next call: the number of bytes of a `write`.
    pub fn set_third_argument(thread: Pid, value: u64) -> Result<()> {
        let mut registers = getregs(thread)?;
        registers.regs[2] = value;
        setregs(thread, registers)
    }
}

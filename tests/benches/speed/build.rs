//! Cold builds: the time of a build after `cargo clean`.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use crate::Result;
use crate::programs::run;

/// Builds everything from scratch in a separate folder, and writes the processor time.
pub fn measure(folder: &Path) -> Result<()> {
    let root = folder.ancestors().nth(2).ok_or("the workspace has a root")?;
    let mut text = String::from(
        "# Build time\n\n\
         Written by `cargo bench -p leverage-benches -- --build`. Each build starts from an empty target folder, with \
         all dependencies downloaded. The unit is seconds of processor time, which does not depend on the number of \
         cores.\n\n\
         | Build | CPU-seconds |\n|---|---|\n",
    );
    let builds: [(&str, &[&str]); 2] = [
        ("`cargo build` (debug)", &["build", "--quiet"]),
        ("`cargo build --release`", &["build", "--quiet", "--release"]),
    ];
    for (what, arguments) in builds {
        let target = tempfile::tempdir_in(crate::programs::target()?)?;
        let before = of_children()?;
        let mut cargo = Command::new(env!("CARGO"));
        run(cargo.current_dir(root).args(arguments).env("CARGO_TARGET_DIR", target.path()))?;
        writeln!(text, "| {what} | {:.0} |", of_children()? - before)?;
        eprint!("{text}");
    }
    std::fs::write(folder.join("BUILD.md"), text)?;
    Ok(())
}

/// The seconds of processor time that ended processes took so far.
fn of_children() -> Result<f64> {
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::uninit();
    // SAFETY: the pointer is to a `rusage`, which the call fills in if it succeeds.
    let usage = unsafe {
        if libc::getrusage(libc::RUSAGE_CHILDREN, usage.as_mut_ptr()) != 0 {
            return Err(std::io::Error::last_os_error().into());
        }
        usage.assume_init()
    };
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    Ok(seconds(usage.ru_utime) + seconds(usage.ru_stime))
}

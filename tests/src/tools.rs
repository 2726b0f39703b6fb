//! The real counterparts, installed once into a folder below cargo's target folder.

use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// Every version that is installed.
const REQUIREMENTS: &str = include_str!("../requirements.txt");

/// Where the real counterparts are.
#[derive(Debug)]
pub struct Tools {
    environment: PathBuf,
}

impl Tools {
    /// The Python that has them.
    pub fn python(&self) -> PathBuf {
        self.environment.join("bin/python")
    }

    /// The folder with the `aws` command.
    pub fn bin(&self) -> PathBuf {
        self.environment.join("bin")
    }
}

/// The real counterparts; installs them if need be.
///
/// # Panics
///
/// `python3` is missing, or pip fails.
pub fn tools() -> &'static Tools {
    static TOOLS: OnceLock<Tools> = OnceLock::new();
    TOOLS.get_or_init(install)
}

/// The folder of the built artifacts: `target/debug`, say.
///
/// # Panics
///
/// The test program is not where cargo puts it.
pub fn artifacts() -> &'static Path {
    static ARTIFACTS: OnceLock<PathBuf> = OnceLock::new();
    ARTIFACTS.get_or_init(|| {
        let own = std::env::current_exe().expect("the path of this test program");
        // target/debug/deps/golden-0123456789abcdef
        let folder = own.ancestors().nth(2).expect("cargo puts test programs into `deps`");
        folder.to_owned()
    })
}

/// The folder of one of this crate's files, such as `golden`.
pub fn own_folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn install() -> Tools {
    let folder = artifacts().parent().expect("a profile's folder is in the target folder").join("test-tools");
    fs::create_dir_all(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    // Several test programs run at once; the first installs, and the others wait for it.
    let lock = File::create(folder.join("lock")).expect("a lock file for the test tools");
    lock.lock().expect("a lock on the test tools");

    let tools = Tools { environment: folder.join("python") };
    let stamp = folder.join("installed");
    let wanted = stamp_of(REQUIREMENTS);
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) && tools.python().exists() {
        return tools;
    }
    let _ = fs::remove_file(&stamp);
    let _ = fs::remove_dir_all(&tools.environment);
    eprintln!("installing moto, the aws command and others into {}; this happens once", folder.display());
    run(
        Command::new("python3").args(["-m", "venv"]).arg(&tools.environment),
        "the tests need `python3` with its `venv` module: install Python 3.10 or newer (on Debian and \
         Ubuntu: `apt-get install python3 python3-venv`), then run them again",
    );
    let requirements = own_folder("requirements.txt");
    let mut pip = Command::new(tools.python());
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--requirement"]);
    run(
        pip.arg(requirements),
        "the tests need the Python packages of tests/requirements.txt: check that pip reaches its package \
         index, then run them again",
    );
    fs::write(&stamp, wanted).expect("a stamp for the test tools");
    tools
}

fn run(command: &mut Command, needed: &str) {
    let Output { status, stdout, stderr } =
        command.output().unwrap_or_else(|error| panic!("{needed}.\n{command:?}: {error}"));
    assert!(
        status.success(),
        "{needed}.\n{command:?}: {status}\n{}{}",
        String::from_utf8_lossy(&stdout),
        String::from_utf8_lossy(&stderr)
    );
}

fn stamp_of(requirements: &str) -> String {
    Sha256::digest(requirements).iter().fold(String::new(), |mut stamp, byte| {
        let _ = write!(stamp, "{byte:02x}");
        stamp
    })
}

//! The cases: takes a case, gives a place with its files, and runs the program there, traced.

use leverage::sandbox::{Config, Sandbox};
use leverage_tests::moto::Keys;
use leverage_tests::place::Place;
use leverage_tests::program::Run;
use leverage_tests::tree::Tree;
use nix::errno::Errno;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Command;

use super::calls::Call;
use super::ground::{self, Ground};
use super::trace::{Traced, Verdict, trace};

/// The files before a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// Nothing but the project.
    Fresh,
    /// Files with comments and other people's profiles; four of them change.
    Update,
    /// The same, behind symbolic links, one of them to a link.
    Symlinked,
    /// The same, with the line ends of Windows.
    Crlf,
    /// The same, with a credentials file that can't be renamed over, and whose new contents are shorter.
    Bound,
}

/// The secret that was there before, in its halves.
pub const OLD_SECRET: [&str; 2] =
    ["OLDCANARYbPxRfiCYEXAMPLEKEYwJalrXUtnFEMI", "OLDCANARYK7MDENGbPxRfiCYZEBRwJalrXUtnFEM"];

const PROJECT_YAML: &str = "\
project_name: example
short_name: ex # Two to four letters
primary_region: us-east-1

organization:
  accounts:
  - name: management # pays
    email: aws@example.com
  - name: security
    email: aws+security@example.com
";

const COMMON_TFVARS: &str = "\
# Project
project      = \"ex\"
project_long = \"example\"
region_primary = \"us-east-1\"

management_account_id = \"XXXXXXXXXXXX\" # not known yet
security_account_id   = \"XXXXXXXXXXXX\"

accounts = {
  management = {
    email = \"aws@example.com\"
  }
  security = {
    email = \"aws+security@example.com\" // keep
  }
}
";

const AWS_CONFIG: &str = "\
# Mine; do not touch.
[profile somebody-else]
region = eu-central-1
s3 =
    max_concurrent_requests = 20

[profile ex-security-oaar]
# An old role.
role_arn = arn:aws:iam::999999999999:role/Old
output   = text

[profile last]
region=sa-east-1
";

impl Case {
    /// Every case.
    pub const ALL: [Self; 5] = [Self::Fresh, Self::Update, Self::Symlinked, Self::Crlf, Self::Bound];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Update => "update",
            Self::Symlinked => "symlinked",
            Self::Crlf => "crlf",
            Self::Bound => "bound",
        }
    }

    /// Puts its files there.
    fn put(self, place: &Place) {
        let text = |text: &str| if self == Self::Crlf { text.replace('\n', "\r\n") } else { text.to_owned() };
        place.put("project.yaml", &text(PROJECT_YAML));
        place.put("config/common.tfvars", &text(COMMON_TFVARS));
        if self == Self::Fresh {
            return;
        }
        place.put_aws("config", &text(AWS_CONFIG));
        let credentials = format!(
            "[somebody-else]\naws_access_key_id = AKIAELSEELSEELSEELSE\n\n[ex-management]\n# Mine.\n\
             aws_access_key_id = AKIAOLDOLDOLDOLDOLD0\naws_secret_access_key = {}\n",
            OLD_SECRET.concat()
        );
        place.put_aws("credentials", &text(&credentials));
        if self == Self::Symlinked {
            link(place, "home/.aws/ex/config", "../../dotfiles/aws-config");
            link(place, "home/.aws/ex/credentials", "../../dotfiles/middle");
            link(place, "home/dotfiles/middle", "../vault/credentials");
            link(place, "project/config/common.tfvars", "../shared.tfvars");
        }
    }
}

/// Moves a file to `to`, as seen from its folder, and leaves a link to it.
fn link(place: &Place, from: &str, to: &str) {
    let from = place.path(from);
    let target = from.parent().expect("it is inside").join(to);
    fs::create_dir_all(target.parent().expect("it is inside")).expect("a temporary folder can be written");
    fs::rename(&from, &target).expect("a temporary folder can be written");
    symlink(to, from).expect("a temporary folder can be written");
}

/// An AWS, always with the same users and accounts.
pub struct Stage {
    sandbox: Sandbox,
    ground: Ground,
}

impl Stage {
    /// Starts it.
    ///
    /// # Panics
    ///
    /// No port is free.
    pub fn new(ground: Ground) -> Self {
        let sandbox = Sandbox::start(Config { seed: Some(6), ..Config::default() }).expect("a sandbox");
        Self { sandbox, ground }
    }

    /// What the system permits.
    pub fn ground(&self) -> Ground {
        self.ground
    }

    /// What no output may hold: both secrets in their halves.
    pub fn secrets(&self) -> Vec<String> {
        let new = &self.sandbox.users().management.access_key.secret;
        let halves = [&new[..20], &new[20..], OLD_SECRET[0], OLD_SECRET[1]];
        halves.map(str::to_owned).to_vec()
    }

    /// A new place for a case.
    pub fn scene(&self, case: Case) -> Scene<'_> {
        let place = Place::new();
        self.put(case, &place);
        Scene { stage: self, case, place }
    }

    /// Puts the files of a case, and the access keys, in a place.
    fn put(&self, case: Case, place: &Place) {
        case.put(place);
        let key = &self.sandbox.users().management.access_key;
        place.put_keys(&Keys { id: key.id.clone(), secret: key.secret.clone() });
    }
}

/// A place with the files of a case.
pub struct Scene<'a> {
    stage: &'a Stage,
    case: Case,
    /// The place.
    pub place: Place,
}

impl Scene<'_> {
    /// Puts the files there once more, for a place that was hidden by a mount.
    pub fn put_again(&self) {
        for folder in ["home", "project/.git", "keys"] {
            fs::create_dir_all(self.place.path(folder)).expect("a folder that can be written");
        }
        self.stage.put(self.case, &self.place);
    }

    /// The command that sets the credentials up.
    pub fn command(&self) -> Command {
        let run = Run::leverage(&self.place, &self.stage.sandbox.endpoint_url());
        let arguments = ["credentials", "configure", "--type", "MANAGEMENT", "--credentials-file"];
        let options = ["../keys/accessKeys.csv", "--fetch-mfa-device", "--overwrite-existing-credentials"];
        let mut command = run.args(arguments).args(options).into_command();
        if let Some(bound) = self.bound().filter(|_| self.stage.ground.mounts) {
            ground::bind(&mut command, &bound);
        }
        command
    }

    /// Runs it, traced.
    pub fn run(&self, judge: impl FnMut(usize, &Call) -> Verdict) -> Traced {
        self.run_as(|_| {}, judge)
    }

    /// Runs it to its end, undisturbed.
    pub fn run_undisturbed(&self) -> Traced {
        self.run(|_, _| Verdict::Proceed)
    }

    /// Runs it, changed by `change`, and traced.
    pub fn run_as(&self, change: impl FnOnce(&mut Command), mut judge: impl FnMut(usize, &Call) -> Verdict) -> Traced {
        let mut command = self.command();
        change(&mut command);
        let emulated = self.bound().filter(|_| !self.stage.ground.mounts);
        let is_refused = |call: &Call| {
            call.name.starts_with("rename") && call.paths.last().is_some_and(|to| Some(to) == emulated.as_ref())
        };
        trace(command, |index, call| match judge(index, call) {
            Verdict::Proceed if is_refused(call) => Verdict::Fail(Errno::EBUSY),
            verdict => verdict,
        })
    }

    /// Everything that is there now.
    pub fn tree(&self) -> Tree {
        self.place.tree()
    }

    /// The file that can't be renamed over, in the case that has one.
    pub fn bound(&self) -> Option<PathBuf> {
        (self.case == Case::Bound).then(|| self.place.aws().join("credentials"))
    }
}

//! `configure` reaches everything outside the process through `Effects`: here, files, AWS, standard input and the
//! environment exist only in memory.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test reads the files that it compares")]

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use jiff::Timestamp;
use leverage_aws::{Aws, Connection};
use leverage_core::access_keys::AccessKeys;
use leverage_error::Result;
use leverage_files::{
    Backups, CommitError, Committed, FileError, Files, LockGuard, PastRun, RecordedFile, RecoveredRun, Snapshot, Write,
    Written,
};
use leverage_loader::{Plugin, Registry};
use leverage_plugin_api::model::{
    Account, Accounts, Credentials, Identity, MfaDevice, Organization, OrganizationalUnits,
};
use leverage_run::{ConfigureOptions, Effects, configure};

/// Files by path. Links and other runs do not exist.
#[derive(Default)]
struct Memory(RefCell<BTreeMap<PathBuf, Vec<u8>>>);

impl Memory {
    fn text(&self, path: &str) -> String {
        String::from_utf8(self.0.borrow()[Path::new(path)].clone()).unwrap()
    }
}

struct NoLock;

impl LockGuard for NoLock {}

impl Files for Memory {
    fn read(&self, path: &Path) -> Result<Option<Snapshot>, FileError> {
        Ok(self.0.borrow().get(path).map(|bytes| Snapshot::new(path, bytes.clone().into(), 0o600)))
    }

    fn read_real(&self, _: &Path, path: &Path) -> Result<Option<Snapshot>, FileError> {
        self.read(path)
    }

    fn real_path(&self, path: &Path) -> Result<PathBuf, FileError> {
        Ok(path.to_owned())
    }

    fn exists(&self, path: &Path) -> bool {
        self.0.borrow().contains_key(path)
    }

    fn lock_and_recover(
        &self,
        _: &Path,
        _: Option<&Path>,
        _: Duration,
    ) -> Result<(Box<dyn LockGuard>, Option<RecoveredRun>), FileError> {
        Ok((Box::new(NoLock), None))
    }

    fn lock_shared_and_recover(
        &self,
        _: &Path,
        _: Duration,
    ) -> Result<(Box<dyn LockGuard>, Vec<RecoveredRun>), FileError> {
        Ok((Box::new(NoLock), Vec::new()))
    }

    fn find_interrupted_run(&self, _: &Path) -> Result<Option<String>, FileError> {
        Ok(None)
    }

    fn list_past_runs(&self, _: &Path) -> Result<Vec<PastRun>, FileError> {
        Ok(Vec::new())
    }

    fn read_backup(&self, _: &PastRun, _: &RecordedFile) -> Result<Option<Snapshot>, FileError> {
        Ok(None)
    }

    fn commit(&self, writes: &[Write], _: &Backups) -> Result<Committed, CommitError> {
        let mut files = self.0.borrow_mut();
        for write in writes {
            files.insert(write.path.clone(), write.contents.as_ref().map(|bytes| bytes.to_vec()).unwrap());
        }
        let written = writes.iter().map(|write| Written { path: write.path.clone(), backup: None }).collect();
        Ok(Committed { written, warnings: Vec::new() })
    }
}

/// An organization of two accounts.
struct StubAws;

impl Aws for StubAws {
    fn connect<'a>(
        &'a self,
        _: &'a AccessKeys,
        _: &'a Credentials,
        _: &'a str,
    ) -> LocalBoxFuture<'a, Rc<dyn Connection>> {
        async { Rc::new(Self) as Rc<dyn Connection> }.boxed_local()
    }
}

impl Connection for StubAws {
    fn identity(&self) -> LocalBoxFuture<'_, Result<Identity>> {
        async { Ok(Identity::new("111111111111", "arn:aws:iam::111111111111:user/alex")) }.boxed_local()
    }

    fn organization(&self) -> LocalBoxFuture<'_, Result<Organization>> {
        async { Ok(Organization::found("o-1", "111111111111")) }.boxed_local()
    }

    fn accounts<'a>(&'a self, _: &'a dyn Fn(usize)) -> LocalBoxFuture<'a, Result<Accounts>> {
        let accounts = vec![Account::new("111111111111", "management"), Account::new("222222222222", "security")];
        async { Ok(Accounts::found(accounts)) }.boxed_local()
    }

    fn organizational_units(&self) -> LocalBoxFuture<'_, Result<OrganizationalUnits>> {
        async { unreachable!("not asked for") }.boxed_local()
    }

    fn mfa_devices(&self, _: Option<String>) -> LocalBoxFuture<'_, Result<Vec<MfaDevice>>> {
        async { unreachable!("not asked for") }.boxed_local()
    }
}

#[test]
fn configure_touches_nothing_but_its_effects() {
    let plugins = [leverage_plugin_management::PLUGIN, leverage_plugin_aws_cli_files::PLUGIN];
    let registry = Registry::new(plugins.iter().map(Plugin::built_in).collect::<Result<_>>().unwrap()).unwrap();
    let files = Memory::default();
    files.0.borrow_mut().insert("/in-memory/ex/project.yaml".into(), b"project_name: example\n".to_vec());
    let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    let csv = format!("Access key ID,Secret access key\nAKIAIOSFODNN7EXAMPLE,{secret}\n");
    let reads = Cell::new(0);
    let stdin = || {
        reads.set(reads.get() + 1);
        Box::new(Cursor::new(csv.clone().into_bytes())) as Box<dyn std::io::Read>
    };
    let environment = |name: &str| match name {
        "LEVERAGE_ANSWER_SHORT_NAME" => Some("ex".to_owned()),
        "LEVERAGE_ANSWER_REGION" => Some("eu-west-1".to_owned()),
        _ => None,
    };
    let home = "/in-memory/home";
    let effects = Effects::new(&registry, &StubAws, &files, home, "/in-memory/ex", Timestamp::UNIX_EPOCH)
        .stdin(&stdin)
        .environment(&environment);
    let options = ConfigureOptions {
        credential_type: "management".to_owned(),
        credentials_file: Some("-".into()),
        ..ConfigureOptions::default()
    };

    // Without a runtime: a future that waits for anything outside would not be ready.
    let mut context = Context::from_waker(Waker::noop());
    let Poll::Ready(report) = pin!(configure(&options, &effects)).poll(&mut context) else { panic!("it waits") };
    let report = report.unwrap();

    assert_eq!(report.profiles, ["ex-management-oaar", "ex-security-oaar"]);
    assert_eq!(reads.get(), 1);
    assert!(files.text("/in-memory/home/.aws/ex/config").contains("[profile ex-security-oaar]"));
    assert!(files.text("/in-memory/home/.aws/ex/credentials").contains(secret));
    assert!(!Path::new("/in-memory").exists());
}

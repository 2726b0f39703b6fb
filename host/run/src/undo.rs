//! `credentials undo`: takes an earlier run, gives every file as it was before it.
//!
//! It goes by the record that each run leaves among its backups, and is a run like any other: all files or none, and
//! with a record of its own, by which it can be undone in turn.

use std::path::PathBuf;
use zeroize::Zeroizing;

use super::commit::{commit_all, file_report};
use super::configure::ConfigureOptions;
use super::effects::Effects;
use super::recovery::{HOME_LOCK, RecoveryNotices};
use super::{project, working_files};
use leverage_core::answers::Answers;
use leverage_core::diff;
use leverage_core::report::{FileReport, RecordedFileReport, RunReport, RunsReport, UndoReport};
use leverage_core::secrets::Vault;
use leverage_error::{Error, Kind, Result};
use leverage_files::{Backups, Digest, Files, PastRun, Record, RecordError, RecordedFile, Snapshot, Write};

/// What the user asks for.
#[derive(Debug, Clone, Default)]
pub struct UndoOptions {
    /// The run, by the name of its folder; without one, the newest.
    pub run: Option<String>,
    /// Shows what would be written, and writes nothing.
    pub dry_run: bool,
    /// Answers to questions, by their id.
    pub answers: Answers,
}

/// Lists the runs whose backups are kept, newest first. Only the answers count.
///
/// # Errors
///
/// The project's short name is not known, or a file can't be read.
pub fn list_runs(options: &UndoOptions, effects: &Effects<'_>) -> Result<RunsReport> {
    let state = aws_folder(options, effects)?;
    let mut notices = RecoveryNotices::new(effects.files);
    notices.look(&state)?;
    let mut diagnostics = Vec::new();
    notices.move_into(&mut diagnostics);
    Ok(RunsReport { runs: effects.files.list_past_runs(&state)?.iter().map(listed).collect(), diagnostics })
}

/// Undoes a run.
///
/// # Errors
///
/// There is no such run, it can't be undone, or somebody changed one of its files since; every file is as it was.
pub fn undo(options: &UndoOptions, effects: &Effects<'_>) -> Result<UndoReport> {
    let mut notices = RecoveryNotices::new(effects.files);
    let result = undo_one(options, effects, &mut notices);
    result.map_err(|error| notices.add_to_error(error))
}

fn undo_one(options: &UndoOptions, effects: &Effects<'_>, notices: &mut RecoveryNotices<'_>) -> Result<UndoReport> {
    let state = aws_folder(options, effects)?;
    if effects.files.list_past_runs(&state)?.is_empty() && effects.files.find_interrupted_run(&state)?.is_none() {
        return Err(Error::new(Kind::Files, format!("there is no run to undo: {} holds no backups", state.display()))
            .hint("name another project with `--answer short-name=NAME`"));
    }
    let lock = if options.dry_run {
        notices.look(&state)?;
        None
    } else {
        Some(notices.begin(&state, &effects.home)?)
    };
    if options.run.is_none() && !notices.is_silent() {
        // The newest run is the one that did not end: with that gone, nothing else is to go by mistake.
        let mut report = UndoReport { dry_run: options.dry_run, ..UndoReport::default() };
        notices.move_into(&mut report.diagnostics);
        return Ok(report);
    }
    let run = find(effects.files.list_past_runs(&state)?, options)?;
    let record = run.record.as_ref().map_err(|why| {
        let copies = run.folder.display();
        Error::new(Kind::Files, format!("the run {} can't be undone: {why}", run.name))
            .hint(format!("the files as they were before it are in {copies}"))
    })?;
    let mut report = UndoReport {
        run: Some(run.name.clone()),
        command: Some(record.command.clone()),
        dry_run: options.dry_run,
        ..UndoReport::default()
    };
    let shares_home = lock.is_some() && record.has_file_beside(&effects.home.join(HOME_LOCK))?;
    let home_lock = shares_home.then(|| notices.begin_home(&effects.home)).transpose()?;
    let writes = writes(effects.files, &run, record)?;
    report.files = if options.dry_run {
        preview(&writes)?
    } else {
        let backups = Backups::new(&state, format!("undo {}", run.name), effects.now);
        commit_all(effects.files, &writes, &backups, &mut report.diagnostics)?
    };
    drop((lock, home_lock));
    notices.move_into(&mut report.diagnostics);
    Ok(report)
}

/// The folder of the project's AWS files. An answer that was given is enough: the project itself may be out of order.
fn aws_folder(options: &UndoOptions, effects: &Effects<'_>) -> Result<PathBuf> {
    let options = ConfigureOptions { answers: options.answers.clone(), ..ConfigureOptions::default() };
    let short_name = project::short_name(&effects.folder, &options, effects)?;
    Ok(effects.home.join(".aws").join(short_name))
}

fn find(mut runs: Vec<PastRun>, options: &UndoOptions) -> Result<PastRun> {
    let at = match &options.run {
        Some(name) => runs.iter().position(|run| run.name == *name),
        // One without a record did not come to its end: only what it had in its way is kept there.
        None => runs.iter().position(|run| run.record != Err(RecordError::Missing)),
    };
    at.map(|at| runs.swap_remove(at)).ok_or_else(|| {
        let name = options.run.as_deref().unwrap_or("to undo");
        Error::new(Kind::Usage, format!("there is no run {name}")).hint("see `leverage credentials undo --list`")
    })
}

/// What brings the files back that are not as they were already.
fn writes(files: &dyn Files, run: &PastRun, record: &Record) -> Result<Vec<Write>> {
    let mut writes = Vec::new();
    for file in &record.files {
        let now = files.read(file.path())?;
        if !is_untouched(files, run, file, now.as_ref())? {
            continue;
        }
        let contents = files.read_backup(run, file)?;
        if contents.is_none() && file.before.is_some() {
            let (path, copy) = (file.path().display(), run.backup_path(file));
            let message = format!("the run {} can't be undone: {} is damaged or missing", run.name, copy.display());
            return Err(Error::new(Kind::Files, message).hint(format!("it was to say what {path} held before")));
        }
        let mode = file.before.as_ref().map(|before| before.mode).filter(|_| now.is_none());
        let write = Write {
            path: file.path().to_owned(),
            // It was compared with the real path.
            target: file.target().to_owned(),
            before: now,
            contents: contents.map(|copy| copy.bytes),
            privacy: file.privacy(),
            mode,
            backup_as: file.backup().to_owned(),
        };
        if write.is_needed() {
            writes.push(write);
        }
    }
    Ok(writes)
}

/// Whether a file is as the run left it. One that is as it was before the run has nothing to be undone.
///
/// # Errors
///
/// It is neither.
fn is_untouched(files: &dyn Files, run: &PastRun, file: &RecordedFile, now: Option<&Snapshot>) -> Result<bool> {
    let digest = now.map(|now| Digest::of(&now.bytes));
    let path = file.path();
    let in_place = files.real_path(path)? == file.target();
    if in_place && digest == file.after {
        return Ok(true);
    }
    if in_place && digest.as_ref() == file.before.as_ref().map(|before| &before.sha256) {
        return Ok(false);
    }
    let message = format!("{} was changed after the run {}, which can't be undone any more", path.display(), run.name);
    let instead = match &file.before {
        Some(_) => format!("take what it held before from {}", run.backup_path(file).display()),
        None => "remove it yourself: it did not exist before".to_owned(),
    };
    Err(Error::new(Kind::Files, message).hint(format!("undo the runs after it first, or {instead}")))
}

fn preview(writes: &[Write]) -> Result<Vec<FileReport>> {
    let vault = Vault::default();
    let text = |bytes: Option<&Zeroizing<Vec<u8>>>, write: &Write| -> Result<String> {
        let bytes = bytes.map(|bytes| bytes.as_slice()).unwrap_or_default();
        Ok(vault.conceal(working_files::utf8(bytes, &write.path)?)?.into_owned())
    };
    let report = |write: &Write| {
        let before = text(write.before.as_ref().map(|before| &before.bytes), write)?;
        let after = text(write.contents.as_ref(), write)?;
        Ok(FileReport { diff: diff::lines(&before, &after), ..file_report(write, None) })
    };
    writes.iter().map(report).collect()
}

fn listed(run: &PastRun) -> RunReport {
    let record = run.record.as_ref().ok();
    let file = |file: &RecordedFile| RecordedFileReport {
        path: file.path().display().to_string(),
        created: file.before.is_none(),
        removed: file.after.is_none(),
    };
    RunReport {
        run: run.name.clone(),
        folder: run.folder.display().to_string(),
        time: record.map(|record| record.time.clone()),
        command: record.map(|record| record.command.clone()),
        files: record.map_or_else(Vec::new, |record| record.files.iter().map(file).collect()),
        not_restorable: run.record.as_ref().err().map(ToString::to_string),
    }
}

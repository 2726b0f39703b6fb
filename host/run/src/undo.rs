//! `credentials undo`: restores the files as they were before a run.
//!
//! Each run leaves a record with its backups. An undo is a run too: it writes all files or none, and can be undone.

use std::path::PathBuf;
use zeroize::Zeroizing;

use super::commit::{commit_all, file_report};
use super::effects::Effects;
use super::recovery::Recovery;
use super::{project_files, utf8};
use leverage_core::answers::Answers;
use leverage_core::diff;
use leverage_core::report::{FileReport, RecordedFileReport, RunReport, RunsReport, UndoReport};
use leverage_core::secrets::Vault;
use leverage_error::{Error, Kind, Result};
use leverage_files::{Backups, Digest, Files, PastRun, Record, RecordError, RecordedFile, Snapshot, Write};

/// The options of `undo`.
#[derive(Debug, Clone, Default)]
pub struct UndoOptions {
    /// The name of the run. The default is the newest one.
    pub run: Option<String>,
    /// Shows what would be written, and writes nothing.
    pub dry_run: bool,
    /// Answers to questions.
    pub answers: Answers,
}

/// Lists the runs that have backups, newest first. Of the options, only the answers are used.
///
/// # Errors
///
/// The short name of the project is unknown, or a file cannot be read.
pub fn list_runs(options: &UndoOptions, effects: &Effects<'_>) -> Result<RunsReport> {
    let state = aws_folder(options, effects)?;
    let mut recovery = Recovery::new(effects.files, &effects.home);
    recovery.warn(&state)?;
    let mut diagnostics = Vec::new();
    recovery.notices.move_into(&mut diagnostics);
    Ok(RunsReport { runs: effects.files.list_past_runs(&state)?.iter().map(run_report).collect(), diagnostics })
}

/// Undoes a run.
///
/// # Errors
///
/// The run is unknown or cannot be undone, or one of its files was modified since. All files are unchanged.
pub fn undo(options: &UndoOptions, effects: &Effects<'_>) -> Result<UndoReport> {
    let mut recovery = Recovery::new(effects.files, &effects.home);
    let result = undo_run(options, effects, &mut recovery);
    result.map_err(|error| recovery.notices.move_into_error(error))
}

fn undo_run(options: &UndoOptions, effects: &Effects<'_>, recovery: &mut Recovery<'_>) -> Result<UndoReport> {
    let state = aws_folder(options, effects)?;
    if effects.files.list_past_runs(&state)?.is_empty() && effects.files.find_interrupted_run(&state)?.is_none() {
        return Err(Error::new(Kind::Files, format!("no run to undo: no backups in `{}`", state.display()))
            .hint("pass `--answer short-name=NAME` to select another project"));
    }
    let lock = if options.dry_run {
        recovery.warn(&state)?;
        None
    } else {
        Some(recovery.lock_project(&state)?)
    };
    if options.run.is_none() && !recovery.notices.is_empty() {
        // The newest run is the interrupted one. It is rolled back now, and an older run must not be undone by mistake.
        let mut report = UndoReport { dry_run: options.dry_run, ..UndoReport::default() };
        recovery.notices.move_into(&mut report.diagnostics);
        return Ok(report);
    }
    let run = find(effects.files.list_past_runs(&state)?, options)?;
    let record = usable_record(&run)?;
    let mut report = UndoReport {
        run: Some(run.name.clone()),
        command: Some(record.command.clone()),
        dry_run: options.dry_run,
        ..UndoReport::default()
    };
    let writes_home = lock.is_some() && record.has_file_beside(recovery.home_lock())?;
    let home_lock = writes_home.then(|| recovery.lock_home()).transpose()?;
    let writes = writes(effects.files, &run, record)?;
    report.files = if options.dry_run {
        preview(&writes)?
    } else {
        let backups = Backups::new(&state, format!("undo {}", run.name), effects.now);
        commit_all(effects.files, &writes, &backups, &mut report.diagnostics)?
    };
    drop((lock, home_lock));
    recovery.notices.move_into(&mut report.diagnostics);
    Ok(report)
}

/// The record of a run.
///
/// # Errors
///
/// The record is missing or damaged.
fn usable_record(run: &PastRun) -> Result<&Record> {
    run.record.as_ref().map_err(|reason| {
        Error::new(Kind::Files, format!("cannot undo run `{}`: {reason}", run.name))
            .hint(format!("restore the files yourself from `{}`", run.folder.display()))
    })
}

/// The folder of the project's AWS files. If the short name is given as an answer, the project is not read, so that it may
/// be invalid.
fn aws_folder(options: &UndoOptions, effects: &Effects<'_>) -> Result<PathBuf> {
    let short_name = project_files::short_name(&effects.folder, &options.answers, effects)?;
    Ok(effects.home.join(".aws").join(short_name))
}

fn find(mut runs: Vec<PastRun>, options: &UndoOptions) -> Result<PastRun> {
    let at = match &options.run {
        Some(name) => runs.iter().position(|run| run.name == *name),
        // A run without a record was interrupted. Its folder has backups only.
        None => runs.iter().position(|run| run.record != Err(RecordError::Missing)),
    };
    at.map(|at| runs.swap_remove(at)).ok_or_else(|| {
        let message = options.run.as_ref().map(|name| format!("unknown run `{name}`"));
        Error::new(Kind::Usage, message.unwrap_or_else(|| "no run to undo".to_owned()))
            .hint("run `leverage credentials undo --list` to list the runs")
    })
}

/// The writes that restore the files that a run changed.
fn writes(files: &dyn Files, run: &PastRun, record: &Record) -> Result<Vec<Write>> {
    let mut writes = Vec::new();
    for file in &record.files {
        let now = files.read(file.path())?;
        if !is_unmodified(files, run, file, now.as_ref())? {
            continue;
        }
        let contents = files.read_backup(run, file)?;
        if contents.is_none() && file.before.is_some() {
            let (path, copy) = (file.path().display(), run.backup_path(file));
            let message = format!("cannot undo run `{}`: backup `{}` is damaged or missing", run.name, copy.display());
            return Err(Error::new(Kind::Files, message).hint(format!("restore `{path}` yourself")));
        }
        let mode = file.before.as_ref().map(|before| before.mode).filter(|_| now.is_none());
        let write = Write {
            path: file.path().to_owned(),
            // Compared with the real path by `is_unmodified`.
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

/// Whether a file is as the run left it, and not as it was before the run.
///
/// # Errors
///
/// The file is neither.
fn is_unmodified(files: &dyn Files, run: &PastRun, file: &RecordedFile, now: Option<&Snapshot>) -> Result<bool> {
    let digest = now.map(|now| Digest::of(&now.bytes));
    let path = file.path();
    let in_place = files.real_path(path)? == file.target();
    if in_place && digest == file.after {
        return Ok(true);
    }
    if in_place && digest.as_ref() == file.before.as_ref().map(|before| &before.sha256) {
        return Ok(false);
    }
    let message = format!("cannot undo run `{}`: `{}` was modified since", run.name, path.display());
    let alternative = match &file.before {
        Some(_) => format!("restore it yourself from `{}`", run.backup_path(file).display()),
        None => "remove it yourself; the run created it".to_owned(),
    };
    Err(Error::new(Kind::Files, message).hint("undo the later runs first").hint(alternative))
}

fn preview(writes: &[Write]) -> Result<Vec<FileReport>> {
    let vault = Vault::default();
    let text = |bytes: Option<&Zeroizing<Vec<u8>>>, write: &Write| -> Result<String> {
        let bytes = bytes.map(|bytes| bytes.as_slice()).unwrap_or_default();
        Ok(vault.conceal(utf8::decode(bytes, &write.path.display().to_string(), Kind::Files)?)?.into_owned())
    };
    let report = |write: &Write| {
        let before = text(write.before.as_ref().map(|before| &before.bytes), write)?;
        let after = text(write.contents.as_ref(), write)?;
        Ok(FileReport { diff: diff::lines(&before, &after), ..file_report(write, None) })
    };
    writes.iter().map(report).collect()
}

fn run_report(run: &PastRun) -> RunReport {
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

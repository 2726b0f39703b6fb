//! Compares the profiles of earlier runs with the plan: those of a renamed account are renamed, and orphaned ones are
//! removed.
//!
//! Only profiles in the ledger that still give access to the recorded account are changed. A profile that the user pointed
//! elsewhere is the user's.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::ledger::{Ledger, LedgerEntry, account_names};
use crate::ini::{Profiles, SharedFile};
use leverage_plugin_api::model::{AnswerKind, Choice, Diagnostic, Plan, PlannedProfile, PruneMode, Request};
use leverage_plugin_api::sdk::lookup::Ask;
use leverage_plugin_api::sdk::{Facts, Step, list_names};

/// How many profiles a question lists by name.
const NAMED: usize = 8;

/// How many profiles the note about removed ones lists by name: all, unless there are unreasonably many.
const REMOVED_NAMED: usize = 100;

/// What happens to the profiles.
#[derive(Default)]
pub(super) struct Reconciliation<'a> {
    /// New names by old names.
    pub renamed: HashMap<&'a str, &'a str>,
    /// Removed profiles.
    pub removed: HashSet<&'a str>,
    /// Profiles that are new in the file, and leverage's own profiles that get another account.
    pub created: HashSet<&'a str>,
    /// The file's text with profiles renamed and removed, if any are.
    pub text: Option<String>,
}

impl<'a> Reconciliation<'a> {
    /// The profiles to add to the ledger.
    pub fn added(&self) -> HashSet<&'a str> {
        self.created.iter().chain(self.renamed.values()).copied().collect()
    }

    /// The names to remove from the ledger.
    pub fn gone(&self) -> HashSet<&'a str> {
        self.renamed.keys().chain(&self.removed).copied().collect()
    }
}

/// Leverage's own profiles that are not in the plan.
type Own<'a> = BTreeMap<&'a str, &'a LedgerEntry>;

/// Compares. The file is not parsed if no profile is new and none can be removed.
pub(super) fn reconcile<'a>(
    request: &Request,
    plan: &'a Plan,
    facts: &Facts,
    before: Option<&str>,
    ledger: &'a Ledger,
    diagnostics: &mut Vec<Diagnostic>,
) -> Step<Reconciliation<'a>> {
    let mut result = Reconciliation::default();
    let prunes = !request.options.prune.is_keep();
    let is_noted = |profile: &PlannedProfile| {
        ledger.profiles.get(&profile.name).map(|entry| &entry.account_id) == profile.account_id.as_ref()
    };
    if !prunes && plan.profiles.iter().all(is_noted) {
        // A profile that the user removed is created again, and is in the ledger already.
        return Ok(result);
    }
    let profiles = Profiles::read(SharedFile::Config, before.unwrap_or_default())?;
    let planned: HashSet<&str> = plan.profiles.iter().map(|profile| profile.name.as_str()).collect();
    let is_own =
        |name: &str| ledger.profiles.get(name).is_some_and(|entry| reaches(&profiles, name, &entry.account_id));
    result.created = planned.iter().copied().filter(|name| !profiles.contains(name) || is_own(name)).collect();
    let mut own: Own<'_> = BTreeMap::new();
    for (name, entry) in &ledger.profiles {
        if !planned.contains(name.as_str()) && reaches(&profiles, name, &entry.account_id) {
            own.insert(name, entry);
        }
    }
    rename(plan, &profiles, &own, &mut result);
    if prunes {
        let stale = stale(plan, &profiles, &own, diagnostics);
        if !stale.is_empty() && agreed(request.options.prune, &stale, facts)? {
            diagnostics.push(removal(&stale));
            result.removed = stale.into_iter().collect();
        }
    }
    warn_of_references(&profiles, &result, diagnostics);
    if !result.renamed.is_empty() || !result.removed.is_empty() {
        result.text = Some(profiles.edit(&result.renamed, &result.removed));
    }
    Ok(result)
}

/// Two profiles with the same values differ only in their names: the role, and the keys that assume it.
type ProfileIdentity<'t> = [Option<&'t str>; 5];

const IDENTITY: [&str; 5] = ["role_arn", "source_profile", "sso_account_id", "sso_role_name", "sso_session"];

/// Finds for each new profile the one old profile that differs only in its name.
fn rename<'a>(plan: &'a Plan, profiles: &Profiles<'_>, own: &Own<'a>, result: &mut Reconciliation<'a>) {
    let names = account_names(plan);
    // If the account was not renamed, the profile has another name for another reason, such as another environment.
    let is_renamed = |entry: &LedgerEntry| match (&entry.account, names.get(entry.account_id.as_str())) {
        (Some(before), Some(now)) => before != now,
        _ => false,
    };
    let mut olds: HashMap<ProfileIdentity<'_>, Vec<&'a str>> = HashMap::new();
    for (name, _) in own.iter().filter(|(_, entry)| is_renamed(entry)) {
        olds.entry(IDENTITY.map(|key| profiles.setting(name, key))).or_default().push(name);
    }
    let mut news: HashMap<ProfileIdentity<'_>, Vec<&'a PlannedProfile>> = HashMap::new();
    for profile in &plan.profiles {
        let value = |key| profile.settings.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str());
        news.entry(IDENTITY.map(value)).or_default().push(profile);
    }
    for (identity, new) in news {
        // With several candidates, any choice would be a guess.
        let ([new], Some([old])) = (&new[..], olds.get(&identity).map(Vec::as_slice)) else { continue };
        let same_account = own.get(old).map(|entry| &entry.account_id) == new.account_id.as_ref();
        if same_account && !profiles.contains(&new.name) {
            result.renamed.insert(old, &new.name);
        }
    }
}

/// The orphaned profiles: those of accounts that have left the organization or are not active. None if the organization
/// could not be read.
fn stale<'a>(plan: &Plan, profiles: &Profiles<'_>, own: &Own<'a>, diagnostics: &mut Vec<Diagnostic>) -> Vec<&'a str> {
    let Some(in_use) = &plan.organization_accounts else {
        diagnostics.push(Diagnostic::warning("no profiles removed: the organization could not be read"));
        return Vec::new();
    };
    // Only the organization decides. The project's files may still list an account that has left it.
    let in_use: HashSet<&str> = in_use.iter().map(String::as_str).collect();
    let mut stale: Vec<&str> =
        own.iter().filter(|(_, entry)| !in_use.contains(entry.account_id.as_str())).map(|(name, _)| *name).collect();
    if stale.is_empty() {
        diagnostics.push(Diagnostic::note("no orphaned profiles to remove"));
        return stale;
    }
    // Keep a profile that another one uses as its source.
    for name in profiles.names() {
        let source = profiles.setting(name, "source_profile");
        if let Some(at) = stale.iter().position(|one| Some(*one) == source).filter(|_| !stale.contains(&name)) {
            let kept = stale.remove(at);
            diagnostics.push(Diagnostic::warning(format!(
                "keeping orphaned profile `{kept}`: it is the `source_profile` of `{name}`"
            )));
        }
    }
    stale
}

/// The note that names the removed profiles.
fn removal(stale: &[&str]) -> Diagnostic {
    let what = if stale.len() == 1 { "profile" } else { "profiles" };
    Diagnostic::note(format!("removing {} orphaned {what}: {}", stale.len(), list_names(stale, REMOVED_NAMED)))
}

fn agreed(mode: PruneMode, stale: &[&str], facts: &Facts) -> Step<bool> {
    if mode == PruneMode::Remove {
        return Ok(true);
    }
    let (what, which) = if stale.len() == 1 { ("profile", "it") } else { ("profiles", "them") };
    let answer = facts.get(Ask {
        id: "prune".to_owned(),
        message: format!(
            "{} orphaned {what}, whose account is gone or not active: {}.",
            stale.len(),
            list_names(stale, NAMED)
        ),
        kind: AnswerKind::Select(vec![
            Choice::new("keep", format!("Keep {which}")),
            Choice::new("remove", format!("Remove {which} (with a backup)")),
        ]),
        default: None,
        instead: Some(
            "`--answer prune=remove` or `--answer prune=keep`; `--dry-run` shows what would be removed".to_owned(),
        ),
    })?;
    Ok(answer == "remove")
}

/// Warns about other profiles whose source was renamed.
fn warn_of_references(profiles: &Profiles<'_>, result: &Reconciliation<'_>, diagnostics: &mut Vec<Diagnostic>) {
    if result.renamed.is_empty() {
        return;
    }
    let mut renamed: Vec<(&&str, &&str)> = result.renamed.iter().collect();
    renamed.sort();
    for (old, new) in renamed {
        diagnostics.push(Diagnostic::note(format!("renamed profile `{old}` to `{new}`, like its account")));
    }
    let mut names: Vec<&str> = profiles.names().collect();
    names.sort_unstable();
    for name in names {
        let source = profiles.setting(name, "source_profile");
        if let Some((old, new)) = source.and_then(|source| result.renamed.get_key_value(source)) {
            diagnostics.push(Diagnostic::warning(format!(
                "the `source_profile` of `{name}` is `{old}`, which is now `{new}`: change it"
            )));
        }
    }
}

/// Whether the profile gives access to this account.
fn reaches(profiles: &Profiles<'_>, name: &str, account_id: &str) -> bool {
    let of_role = || profiles.setting(name, "role_arn").and_then(|arn| arn.split(':').nth(4));
    let of_sso = || profiles.setting(name, "sso_account_id");
    of_role().or_else(of_sso) == Some(account_id)
}

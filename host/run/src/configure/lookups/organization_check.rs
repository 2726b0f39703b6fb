//! Stops a run whose access keys belong to another organization than the project: it would replace the recorded ids and
//! profiles by those of another customer.

use leverage_core::project::SourcedValue;
use leverage_error::{Error, Kind, Result};
use leverage_plugin_api::model::Organization;
use std::cell::RefCell;

use super::sessions::{Session, Sessions};
use crate::effects::Prompt;

/// Compares the management account of an organization with the recorded one.
pub(super) struct OrganizationCheck<'a> {
    recorded: &'a [SourcedValue],
    prompt: &'a dyn Prompt,
    /// The management accounts that the user agreed to.
    allowed: RefCell<Vec<String>>,
}

impl<'a> OrganizationCheck<'a> {
    /// The check against the `recorded` ids of the management account.
    pub fn new(recorded: &'a [SourcedValue], allowed: &[String], prompt: &'a dyn Prompt) -> Self {
        Self { recorded, prompt, allowed: RefCell::new(allowed.to_vec()) }
    }

    /// Checks the organizations that plugins asked for.
    pub async fn run(&self, sessions: &Sessions<'_>) -> Result<()> {
        for session in sessions.all() {
            if let Some(Organization::Found { management_account_id, .. }) = session.known_organization() {
                self.check(session, management_account_id).await?;
            }
        }
        Ok(())
    }

    /// Checks the organization of all sessions. Asks AWS for it if no plugin did.
    pub async fn run_for_all(&self, sessions: &Sessions<'_>) -> Result<()> {
        if self.recorded.is_empty() || sessions.all().any(|session| session.known_organization().is_some()) {
            return Ok(());
        }
        for session in sessions.all() {
            let organization = match session.organization().await {
                // Keys of another profile, which only read the organization.
                Err(error) if error.kind == Kind::CredentialsRejected => continue,
                organization => organization?,
            };
            if let Organization::Found { management_account_id, .. } = organization {
                self.check(session, &management_account_id).await?;
            }
        }
        Ok(())
    }

    async fn check(&self, session: &Session, found: &str) -> Result<()> {
        let conflicting: Vec<&SourcedValue> = self.recorded.iter().filter(|recorded| recorded.value != found).collect();
        if conflicting.is_empty() || self.allowed.borrow().iter().any(|allowed| allowed == found) {
            return Ok(());
        }
        let arn = session.identity().await?.arn;
        let recorded: Vec<String> =
            conflicting.iter().map(|recorded| format!("{} ({})", recorded.value, recorded.place)).collect();
        let message = format!(
            "the access keys of `{arn}` belong to the organization of management account {found}, but the project \
             records management account {}",
            recorded.join(" and ")
        );
        if self.prompt.is_available() && self.agrees(&message)? {
            self.allowed.borrow_mut().push(found.to_owned());
            return Ok(());
        }
        Err(Error::new(Kind::WrongAccount, message)
            .hint("use access keys of the project's organization, or run the command in the other project")
            .hint(format!("pass `--allow-account {found}` to replace the recorded ids")))
    }

    fn agrees(&self, message: &str) -> Result<bool> {
        let mut question = message.to_owned();
        question.replace_range(..1, "T");
        let labels = ["No, stop here".to_owned(), "Yes, replace the recorded ids and profiles".to_owned()];
        Ok(self.prompt.select(&format!("{question}. Continue?"), &labels)? == 1)
    }
}

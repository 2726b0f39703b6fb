//! The questions that a plugin may ask. Each one's name is also the permission to ask it.

use serde::{Deserialize, Serialize};

use super::facts::{Facts, Query, QuerySet, Step};
use crate::model::{
    Accounts, AnswerKind, Credentials, Identity, KeyPair, MfaDevice, Organization, ProfileSettings, Root, SecretRef,
};

macro_rules! queries {
    ($($(#[$doc:meta])* $query:ident = $name:literal -> $answer:ty { $($(#[$field_doc:meta])* $field:ident: $type:ty),+ $(,)? })+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
            #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
            pub struct $query {
                $($(#[$field_doc])* pub $field: $type),+
            }

            impl Query for $query {
                const NAME: &'static str = $name;
                type Answer = $answer;
            }

            impl QuerySet for $query {
                type Answers = $answer;

                fn get_all(self, facts: &Facts) -> Step<$answer> {
                    facts.get(self)
                }
            }
        )+

        /// The names of all lookups that this version knows.
        pub const ALL: &[&str] = &[$($name),+];

        /// The JSON schemas of every lookup's input and answer, by the lookup's name.
        #[cfg(feature = "schema")]
        pub(crate) fn schemas(
            generator: &mut schemars::SchemaGenerator,
        ) -> Vec<(&'static str, schemars::Schema, schemars::Schema)> {
            vec![$(($name, generator.subschema_for::<$query>(), generator.subschema_for::<$answer>())),+]
        }
    };
}

queries! {
    /// New access keys, from the console's `.csv` file or a prompt.
    AccessKeys = "access-keys/1" -> KeyPair {
        /// The profile that they are for, to name it in prompts.
        profile: String,
    }

    /// Who the credentials belong to. Rejected credentials end the run.
    CallerIdentity = "caller-identity/1" -> Identity {
        /// Whose credentials to ask with.
        with: Credentials,
    }

    /// The organization that the account belongs to.
    DescribeOrganization = "organization/1" -> Organization {
        /// Whose credentials to ask with.
        with: Credentials,
    }

    /// The complete list of the organization's accounts.
    ListAccounts = "accounts/1" -> Accounts {
        /// Whose credentials to ask with.
        with: Credentials,
    }

    /// The MFA devices of the user that the credentials belong to.
    ListMfaDevices = "mfa-devices/1" -> Vec<MfaDevice> {
        /// Whose credentials to ask with.
        with: Credentials,
    }

    /// An existing profile of the project, if there is one of that name.
    GetProfile = "profile/1" -> Option<ProfileSettings> {
        /// Its name.
        name: String,
    }

    /// The text of a file, if there is one. Secret values in it are tokens.
    ReadFile = "file/1" -> Option<String> {
        /// Where the path starts.
        root: Root,
        /// Relative to the root.
        path: String,
    }

    /// Something that only the user knows, as text. For [`AnswerKind::Secret`] see [`AskSecret`].
    Ask = "answer/1" -> String {
        /// Names the answer: `--answer ID=VALUE` and `LEVERAGE_ANSWER_ID` give it without a prompt.
        id: String,
        /// The question, as the prompt shows it.
        message: String,
        /// What kind of answer is wanted.
        kind: AnswerKind,
        /// What Enter alone answers.
        default: Option<String>,
        /// What gives the answer where there is no terminal, such as ``--mfa-serial SERIAL``.
        instead: Option<String>,
    }
}

/// A secret that only the user knows: typed unseen, or taken from `LEVERAGE_ANSWER_ID`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AskSecret {
    /// Names the answer.
    pub id: String,
    /// The question, as the prompt shows it.
    pub message: String,
    kind: AnswerKind,
}

impl AskSecret {
    /// Asks `message`.
    pub fn new(id: impl Into<String>, message: impl Into<String>) -> Self {
        Self { id: id.into(), message: message.into(), kind: AnswerKind::Secret }
    }
}

impl Query for AskSecret {
    const NAME: &'static str = Ask::NAME;
    type Answer = SecretRef;
}

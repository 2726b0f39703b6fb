//! The lookups that a plugin can use. The name of a lookup is also its permission.

use serde::{Deserialize, Serialize};

use super::facts::{Facts, Query, QuerySet, Step};
use crate::model::{
    Accounts, AnswerKind, Credentials, Identity, KeyPair, MfaDevice, Organization, OrganizationalUnits,
    ProfileSettings, Root, SecretRef,
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

        /// The names of all lookups in this version.
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
        /// The profile that they are for, shown in prompts.
        profile: String,
    }

    /// The identity that the credentials belong to. Invalid credentials end the run.
    CallerIdentity = "caller-identity/1" -> Identity {
        /// The credentials to use.
        with: Credentials,
    }

    /// The organization that the account belongs to.
    DescribeOrganization = "organization/1" -> Organization {
        /// The credentials to use.
        with: Credentials,
    }

    /// The complete list of the organization's accounts.
    ListAccounts = "accounts/1" -> Accounts {
        /// The credentials to use.
        with: Credentials,
    }

    /// The organizational units, and the accounts in each.
    ListOrganizationalUnits = "organizational-units/1" -> OrganizationalUnits {
        /// The credentials to use.
        with: Credentials,
    }

    /// The MFA devices of the user that the credentials belong to.
    ListMfaDevices = "mfa-devices/1" -> Vec<MfaDevice> {
        /// The credentials to use.
        with: Credentials,
    }

    /// The existing profile with this name, if any.
    GetProfile = "profile/1" -> Option<ProfileSettings> {
        /// Its name.
        name: String,
    }

    /// The text of a file, if it exists. Secret values in it are tokens.
    ReadFile = "file/1" -> Option<String> {
        /// The root of the path.
        root: Root,
        /// Relative to the root.
        path: String,
    }

    /// A question to the user. For [`AnswerKind::Secret`] see [`AskSecret`].
    Ask = "answer/1" -> String {
        /// The id of the answer: `--answer ID=VALUE` and `LEVERAGE_ANSWER_ID` answer without a prompt.
        id: String,
        /// The text of the prompt.
        message: String,
        /// The kind of answer.
        kind: AnswerKind,
        /// The answer if the user presses Enter.
        default: Option<String>,
        /// How to answer without a terminal, such as ``--mfa-serial SERIAL``.
        instead: Option<String>,
    }
}

/// The permission to run commands ([`Changes::commands`](crate::model::Changes::commands)), declared like a lookup.
pub const RUN: &str = "run/1";

/// A question for a secret: typed without echo, or taken from `LEVERAGE_ANSWER_ID`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AskSecret {
    /// The id of the answer.
    pub id: String,
    /// The text of the prompt.
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

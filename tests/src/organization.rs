//! The organization that most tests run against: `security` and `shared` below a management account, on moto.

use crate::moto::{Keys, Member, Moto, NewUser};
use crate::place::Place;

/// The files of a project as the official template has them.
pub const PROJECT_YAML: &str = "\
project_name: example
short_name: ex

primary_region: us-east-1
secondary_region: us-west-2

organization:
  accounts:
  - name: management
    email: aws@example.com
  - name: security
    email: aws+security@example.com
";

/// Terraform variables as the official template has them.
pub const COMMON_TFVARS: &str = "\
# Project (short name)
project         = \"ex\"

# Project (long name)
project_long    = \"example\"

region_primary  = \"us-east-1\"

accounts = {
  management = {
    email = \"aws@example.com\"
  }
  security = {
    email = \"aws+security@example.com\"
  }
}
";

/// An organization on the shared moto server, with a place for its project.
pub struct Organization {
    /// Its server.
    pub moto: &'static Moto,
    /// Its project.
    pub place: Place,
    /// The id of the management account.
    pub management: String,
    /// The id of the account `security`.
    pub security: String,
    /// The id of the account `shared`, which the project's files do not mention.
    pub shared: String,
}

impl Organization {
    /// A new one; its project is set up, its credentials are not.
    ///
    /// # Panics
    ///
    /// Moto refuses something.
    pub fn new() -> Self {
        let (moto, management) = (Moto::shared(), Moto::fresh_account());
        let member = |name: &str| Member {
            name: name.to_owned(),
            aws_name: name.to_owned(),
            email: format!("aws+{name}@example.com"),
            closed: false,
        };
        let ids = moto.create_organization(&management, "us-east-1", &[member("security"), member("shared")]);
        let id = |name: &str| ids.iter().find(|(known, _)| known == name).expect("it was created").1.clone();
        let place = Place::new();
        place.put("project.yaml", PROJECT_YAML);
        place.put("config/common.tfvars", COMMON_TFVARS);
        let (security, shared) = (id("security"), id("shared"));
        for (id, name) in [(&management, "management"), (&security, "security"), (&shared, "shared")] {
            place.name(id, name);
        }
        Self { moto, place, management, security, shared }
    }

    /// A new user of the account with this id.
    pub fn user(&self, account: &str, name: &str, mfa_devices: &[String]) -> Keys {
        self.moto.create_user(&NewUser { account, name, path: "/", mfa_devices }, "us-east-1")
    }
}

impl Default for Organization {
    fn default() -> Self {
        Self::new()
    }
}

//! The operations of AWS Security Token Service.

use jiff::{SignedDuration, Timestamp};

use super::context::Context;
use super::failure::Failure;
use super::xml;
use crate::identity::{ADMINISTRATOR_ROLE, DEVOPS_ROLE, Session};
use crate::organization::AccountState;

/// `GetCallerIdentity`: needs no permission.
pub(super) fn get_caller_identity(context: &Context) -> String {
    let caller = &context.caller;
    xml::text("Arn", caller.arn()) + &xml::text("UserId", caller.id()) + &xml::text("Account", caller.account_id())
}

/// `AssumeRole`: the management account can assume `OrganizationAccountAccessRole`, and the security account can assume
/// `DevOps` in all accounts except the management account.
pub(super) fn assume_role(context: &Context) -> Result<String, Failure> {
    let arn = required(context, "RoleArn", "roleArn")?;
    let name = required(context, "RoleSessionName", "roleSessionName")?;
    check_session_name(name)?;
    let expires = expiration(context.text("DurationSeconds"), context.now)?;
    let (account_id, role) = parse_role_arn(arn)?;
    check_mfa(context)?;
    if !can_assume(context, account_id, role) {
        let message =
            format!("User: {} is not authorized to perform: sts:AssumeRole on resource: {arn}", context.caller.arn());
        return Err(Failure::AccessDenied(message));
    }
    let session = Session::new(account_id, role, name, expires, &context.world.random);
    let content = render_session(&session);
    context.world.add_session(session);
    Ok(content)
}

fn render_session(session: &Session) -> String {
    let user = xml::text("AssumedRoleId", &session.id) + &xml::text("Arn", &session.arn);
    let credentials = xml::text("AccessKeyId", &session.access_key.id)
        + &xml::text("SecretAccessKey", &session.access_key.secret)
        + &xml::text("SessionToken", &session.token)
        + &xml::text("Expiration", &session.expires.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
    xml::element("AssumedRoleUser", &user) + &xml::element("Credentials", &credentials)
}

fn can_assume(context: &Context, account_id: &str, role: &str) -> bool {
    let organization = &context.world.organization;
    let active = organization.account(account_id).is_some_and(|account| account.state == AccountState::Active);
    let from = context.caller.account_id();
    match role {
        ADMINISTRATOR_ROLE => active && from == organization.management.id && context.is_administrator(),
        DEVOPS_ROLE => {
            let allowed = context.caller.user().is_some() || context.is_administrator();
            active && allowed && from == organization.security.id && account_id != organization.management.id
        }
        _ => false,
    }
}

/// Checks an MFA code: the device must be that of the caller, and any six digits are valid.
fn check_mfa(context: &Context) -> Result<(), Failure> {
    let denied = |message: &str| Err(Failure::AccessDenied(format!("MultiFactorAuthentication failed{message}")));
    let (serial, code) = match (context.text("SerialNumber"), context.text("TokenCode")) {
        (None, None) => return Ok(()),
        (Some(serial), Some(code)) => (serial, code),
        _ => return denied(", must provide both MFA serial number and one time pass code."),
    };
    if context.caller.user().and_then(|user| user.mfa_serial.as_deref()) != Some(serial) {
        return denied(
            ", unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this \
             user.",
        );
    }
    if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return denied(" with invalid MFA one time pass code. ");
    }
    Ok(())
}

fn required<'a>(context: &'a Context, name: &str, member: &str) -> Result<&'a str, Failure> {
    context.text(name).ok_or_else(|| constraint_violation("null", member, "Member must not be null"))
}

fn check_session_name(name: &str) -> Result<(), Failure> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte);
    if (2..=64).contains(&name.len()) && name.bytes().all(allowed) {
        return Ok(());
    }
    let constraint = r"Member must satisfy regular expression pattern: [\w+=,.@-]{2,64}";
    Err(constraint_violation(&format!("'{name}'"), "roleSessionName", constraint))
}

fn expiration(seconds: Option<&str>, now: Timestamp) -> Result<Timestamp, Failure> {
    let text = seconds.unwrap_or("3600");
    let seconds = text.parse::<i64>().ok().filter(|seconds| (900..=43_200).contains(seconds));
    seconds.and_then(|seconds| now.checked_add(SignedDuration::from_secs(seconds)).ok()).ok_or_else(|| {
        constraint_violation(&format!("'{text}'"), "durationSeconds", "Member must have value between 900 and 43200")
    })
}

/// Parses the account and the name of a role.
fn parse_role_arn(arn: &str) -> Result<(&str, &str), Failure> {
    let parsed = arn.strip_prefix("arn:aws:iam::").and_then(|rest| rest.split_once(":role/"));
    parsed
        .filter(|(account, role)| account.len() == 12 && !role.is_empty())
        .ok_or_else(|| Failure::validation(format!("{arn} is invalid")))
}

fn constraint_violation(value: &str, member: &str, constraint: &str) -> Failure {
    Failure::validation(format!(
        "1 validation error detected: Value {value} at '{member}' failed to satisfy constraint: {constraint}"
    ))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::super::context::Parameters;
    use super::*;
    use crate::Config;
    use crate::identity::{Caller, User, Users};
    use crate::world::World;

    const OTHER: &str = "444455556666";

    /// Assumes a role as this user, with these additional parameters.
    fn assume(user: fn(&Users) -> &User, role: &str, more: &[(&str, &str)]) -> Result<String, Failure> {
        let world = World::new(Config { seed: Some(1), ..Config::default() }).unwrap();
        let arn = format!("arn:aws:iam::{role}");
        let parameters: HashMap<_, _> = [("RoleArn", arn.as_str()), ("RoleSessionName", "me")]
            .into_iter()
            .chain(more.iter().copied())
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let caller = Caller::User(user(&world.users));
        let parameters = Parameters::Form(parameters);
        assume_role(&Context { world: &world, caller, parameters: &parameters, now: Timestamp::UNIX_EPOCH })
    }

    #[test]
    fn assume_role_checks_trusted_account() {
        let administrator = format!("{OTHER}:role/OrganizationAccountAccessRole");
        let devops = format!("{OTHER}:role/DevOps");
        assert!(assume(|users| &users.bootstrap, &administrator, &[]).is_ok());
        assert!(assume(|users| &users.security, &devops, &[]).is_ok());
        for (user, role) in [
            ((|users| &users.security) as fn(&Users) -> &User, administrator.as_str()),
            (|users| &users.bootstrap, &devops),
            (|users| &users.security, "111122223333:role/DevOps"),
            (|users| &users.bootstrap, "999999999999:role/OrganizationAccountAccessRole"),
            (|users| &users.bootstrap, "444455556666:role/Other"),
        ] {
            assert!(matches!(assume(user, role, &[]), Err(Failure::AccessDenied(_))), "{role}");
        }
    }

    #[test]
    fn assume_role_requires_own_mfa_device() {
        let role = format!("{OTHER}:role/OrganizationAccountAccessRole");
        let with = |user, serial, code| assume(user, &role, &[("SerialNumber", serial), ("TokenCode", code)]);
        let device = "arn:aws:iam::111122223333:mfa/management";
        assert!(with(|users| &users.management, device, "000000").is_ok());
        for (user, serial, code, message) in [
            ((|users| &users.management) as fn(&Users) -> &User, device, "12345", "invalid MFA one time pass code"),
            (|users| &users.bootstrap, device, "123456", "unable to validate MFA code"),
            (|users| &users.management, "arn:aws:iam::111122223333:mfa/x", "123456", "unable to validate MFA code"),
        ] {
            let Err(Failure::AccessDenied(text)) = with(user, serial, code) else {
                panic!("{serial} {code} was accepted")
            };
            assert!(text.contains(message), "{text}");
        }
    }

    #[test]
    fn assume_role_checks_parameters() {
        for role in ["444455556666:user/x", "4444:role/DevOps", "444455556666:role/"] {
            assert!(matches!(assume(|users| &users.security, role, &[]), Err(Failure::Service { status: 400, .. })));
        }
        let role = format!("{OTHER}:role/DevOps");
        for wrong in [("RoleSessionName", "a"), ("RoleSessionName", "a b"), ("DurationSeconds", "899")] {
            let result = assume(|users| &users.security, &role, &[wrong]);
            assert!(matches!(result, Err(Failure::Service { status: 400, .. })), "{wrong:?}");
        }
        let document = assume(|users| &users.security, &role, &[("DurationSeconds", "900")]).unwrap();
        assert!(document.contains("<Expiration>1970-01-01T00:15:00Z</Expiration>"));
    }
}

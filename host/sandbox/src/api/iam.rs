//! The operations of AWS Identity and Access Management.

use super::context::Context;
use super::failure::Failure;
use super::xml;
use crate::identity::User;
use crate::operation::Operation;

/// The enable date of all devices.
const ENABLED: &str = "2025-01-02T09:30:00Z";

/// `ListMFADevices`: administrators can list the devices of all users of the account, others only their own.
pub(super) fn list_mfa_devices(context: &Context) -> Result<String, Failure> {
    let user = match context.text("UserName") {
        Some(name) => find_user(context, name)?,
        None => context.caller.user().ok_or_else(|| {
            Failure::validation("Must specify userName when calling with non-User credentials".to_owned())
        })?,
    };
    let devices: String = user.mfa_serial.iter().map(|serial| device(user.name, serial)).collect();
    Ok(xml::text("IsTruncated", "false") + &xml::element("MFADevices", &devices))
}

/// Finds a user whose devices the caller can list.
fn find_user<'a>(context: &'a Context, name: &str) -> Result<&'a User, Failure> {
    let account_id = context.caller.account_id();
    let user = context.world.users.iter().find(|user| user.name == name && user.account_id == account_id);
    if !context.is_administrator() && context.caller.user().is_none_or(|caller| caller.name != name) {
        let resource = user.map_or_else(|| format!("arn:aws:iam::{account_id}:user/{name}"), |user| user.arn.clone());
        return Err(context.not_authorized(Operation::ListMfaDevices, &resource));
    }
    user.ok_or_else(|| Failure::no_such_user(name))
}

fn device(user: &str, serial: &str) -> String {
    let content = xml::text("UserName", user) + &xml::text("SerialNumber", serial) + &xml::text("EnableDate", ENABLED);
    xml::element("member", &content)
}

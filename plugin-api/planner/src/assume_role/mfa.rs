//! Chooses the MFA device for the profiles.

use leverage_plugin_api::model::{
    AnswerKind, Choice, Diagnostic, Failure, Identity, MfaDevice, MfaDeviceKind, Request,
};
use leverage_plugin_api::sdk::lookup::Ask;
use leverage_plugin_api::sdk::{Facts, Step};

/// The option with the serial of a device, as [`Options::settings`](leverage_plugin_api::model::Options::settings) has it.
const MFA_SERIAL: &str = "mfa_serial";

/// The longest and the shortest serial number that AWS accepts.
const SERIAL_LENGTH: std::ops::RangeInclusive<usize> = 9..=256;

/// The serial that the caller named. With it, the user's devices are not listed.
pub(super) fn named_serial(request: &Request) -> Option<&str> {
    request.options.settings.get(MFA_SERIAL).and_then(|value| value.as_str())
}

/// The named serial, if it can be one of the user's account. Listing devices can be denied, so AWS is not
/// asked whether it exists.
pub(super) fn unchecked(
    identity: &Identity,
    serial: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<String, Failure> {
    if let Err(why) = check_serial(identity, serial) {
        return Err(Failure::new(format!("invalid MFA serial {serial:?}: {why}")).hint(format!(
            "pass the serial of a device of `{}`, such as arn:{}:iam::{}:mfa/NAME, or let `--fetch-mfa-device` find it",
            identity.arn,
            identity.partition(),
            identity.account
        )));
    }
    diagnostics.push(Diagnostic::note(format!(
        "`{serial}` is used as given, unchecked: the AWS CLI can assume roles only if it is a device of `{}`",
        identity.arn
    )));
    Ok(serial.to_owned())
}

/// Why the serial cannot be that of a device of this user.
fn check_serial(identity: &Identity, serial: &str) -> Result<(), String> {
    let is_plain = |text: &str, marks: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || marks.contains(c));
    if !SERIAL_LENGTH.contains(&serial.len()) {
        return Err("it must have 9 to 256 characters".to_owned());
    }
    let Some(arn) = serial.strip_prefix("arn:") else {
        // The serial number of a hardware device.
        return is_plain(serial, "-_").then_some(()).ok_or("it is neither an ARN nor a serial number".to_owned());
    };
    let parts: Vec<&str> = arn.splitn(5, ':').collect();
    let [partition, "iam", "", account, resource] = parts[..] else {
        return Err("it is not the ARN of an MFA device".to_owned());
    };
    if partition != identity.partition() || account != identity.account {
        return Err(format!("it is not in account {} of partition {}", identity.account, identity.partition()));
    }
    let is_security_key = resource.starts_with("u2f/");
    match resource.strip_prefix("mfa/") {
        Some(name) if !name.is_empty() && is_plain(name, "+=/,.@_-") => Ok(()),
        _ if is_security_key => Err("it is a passkey or security key, which has no code".to_owned()),
        _ => Err("it is not the ARN of an MFA device".to_owned()),
    }
}

/// The serial of the device to use: the only one, or the one that the user selects.
pub(super) fn choose(
    facts: &Facts,
    identity: &Identity,
    devices: &[MfaDevice],
    diagnostics: &mut Vec<Diagnostic>,
) -> Step<String> {
    let usable: Vec<&MfaDevice> = devices.iter().filter(|device| device.kind != MfaDeviceKind::Fido).collect();
    let device = match usable.as_slice() {
        [] => return Err(none_usable(identity, devices).into()),
        [only] => only,
        several => {
            let serial = ask(facts, several)?;
            match several.iter().find(|device| device.serial == serial) {
                Some(device) => device,
                None => return Err(no_such_device(identity, &serial, several).into()),
            }
        }
    };
    if device.kind == MfaDeviceKind::Hardware {
        diagnostics.push(Diagnostic::note(format!(
            "`{}` is a hardware device: profiles use its serial number, and the AWS CLI prompts for its code",
            device.serial
        )));
    }
    Ok(device.serial.clone())
}

fn ask(facts: &Facts, devices: &[&MfaDevice]) -> Step<String> {
    let flags: Vec<String> = devices.iter().map(|device| format!("`--mfa-serial {}`", device.serial)).collect();
    facts.get(Ask {
        id: "mfa-serial".to_owned(),
        message: "Which MFA device should the profiles use?".to_owned(),
        kind: AnswerKind::Select(devices.iter().map(|device| Choice::new(&device.serial, &device.serial)).collect()),
        default: None,
        instead: Some(flags.join(" or ")),
    })
}

fn none_usable(identity: &Identity, devices: &[MfaDevice]) -> Failure {
    let hint = "add an authenticator app (a virtual MFA device) to the user, then run the command again";
    if devices.is_empty() {
        return Failure::new(format!("`{}` has no MFA device", identity.arn)).hint(hint);
    }
    Failure::new(format!(
        "`{}` has only passkeys or security keys, which have no code: the AWS CLI cannot use them to assume a role",
        identity.arn
    ))
    .hint(hint)
}

fn no_such_device(identity: &Identity, wanted: &str, usable: &[&MfaDevice]) -> Failure {
    let serials: Vec<&str> = usable.iter().map(|device| device.serial.as_str()).collect();
    Failure::new(format!("`{}` has no usable MFA device {wanted:?}", identity.arn))
        .hint(format!("usable devices: {}", serials.join(", ")))
}

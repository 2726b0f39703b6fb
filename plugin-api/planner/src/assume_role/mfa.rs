//! Chooses the MFA device for the profiles.

use leverage_plugin_api::model::{
    AnswerKind, Choice, Diagnostic, Failure, Identity, MfaDevice, MfaDeviceKind, Request,
};
use leverage_plugin_api::sdk::lookup::Ask;
use leverage_plugin_api::sdk::{Facts, Step};

/// The option with the serial of a device, as [`Options::settings`](leverage_plugin_api::model::Options::settings) has it.
const MFA_SERIAL: &str = "mfa_serial";

/// The serial of the device to use: the requested one, the only one, or the one that the user selects.
pub(super) fn choose(
    request: &Request,
    facts: &Facts,
    identity: &Identity,
    devices: &[MfaDevice],
    diagnostics: &mut Vec<Diagnostic>,
) -> Step<String> {
    let usable: Vec<&MfaDevice> = devices.iter().filter(|device| device.kind != MfaDeviceKind::Fido).collect();
    let device = match (request.options.settings.get(MFA_SERIAL).and_then(|value| value.as_str()), usable.as_slice()) {
        (_, []) => return Err(none_usable(identity, devices).into()),
        (Some(wanted), usable) => match usable.iter().find(|device| device.serial == wanted) {
            Some(device) => device,
            None => return Err(no_such_device(identity, wanted, usable).into()),
        },
        (None, [only]) => only,
        (None, several) => {
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
    facts.get(Ask {
        id: "mfa-serial".to_owned(),
        message: "Which MFA device should the profiles use?".to_owned(),
        kind: AnswerKind::Select(devices.iter().map(|device| Choice::new(&device.serial, &device.serial)).collect()),
        default: None,
        instead: Some("`--mfa-serial SERIAL`".to_owned()),
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

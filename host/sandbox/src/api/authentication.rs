//! Authenticates requests: finds the caller and checks the signature.

use hyper::http::request::Parts;
use jiff::{SignedDuration, Timestamp};

use super::failure::Failure;
use crate::identity::{AccessKey, Caller};
use crate::operation::Service;
use crate::signature::{self, Authorization};
use crate::world::World;

/// The largest accepted difference of the client's clock.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(15);

/// Finds the principal that signed the request for `service`, and checks the signature.
pub(super) fn authenticate<'a>(
    world: &'a World,
    service: Service,
    head: &Parts,
    body: &[u8],
    now: Timestamp,
) -> Result<Caller<'a>, Failure> {
    let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
    let text = header("authorization").ok_or(Failure::MissingSignature)?;
    let authorization = Authorization::parse(text).ok_or(Failure::IncompleteSignature(
        "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters.",
    ))?;
    let (caller, key) = find_principal(world, authorization.access_key_id, header("x-amz-security-token"), now)?;

    let date = signature::amz_date(head).ok_or(Failure::IncompleteSignature(
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    ))?;
    check_time(date, now)?;
    if authorization.service != service.signing_name() {
        let message = format!("Credential should be scoped to correct service: '{}'.", service.signing_name());
        return Err(Failure::Signature(message));
    }
    if !authorization.matches(&key.secret, head, body) {
        return Err(Failure::wrong_signature());
    }
    Ok(caller)
}

/// Finds the owner of an access key, and checks its session token.
fn find_principal<'a>(
    world: &'a World,
    access_key_id: &str,
    token: Option<&str>,
    now: Timestamp,
) -> Result<(Caller<'a>, AccessKey), Failure> {
    if let Some(user) = world.users.iter().find(|user| user.access_key.id == access_key_id) {
        return match token {
            None => Ok((Caller::User(user), user.access_key.clone())),
            Some(_) => Err(Failure::UnknownKey),
        };
    }
    let session = world.session(access_key_id).filter(|session| token == Some(&session.token));
    let session = session.ok_or(Failure::UnknownKey)?;
    if session.expires <= now {
        return Err(Failure::ExpiredSession);
    }
    let key = session.access_key.clone();
    Ok((Caller::Role(session), key))
}

fn check_time(date: &str, now: Timestamp) -> Result<(), Failure> {
    let signed = signature::parse_amz_date(date).ok_or(Failure::IncompleteSignature(
        "Date must be in ISO-8601 'basic format'. See http://en.wikipedia.org/wiki/ISO_8601",
    ))?;
    let age = now.duration_since(signed);
    if age.abs() <= TOLERANCE {
        return Ok(());
    }
    let basic = |time: Timestamp| time.strftime("%Y%m%dT%H%M%SZ").to_string();
    let message = if age.is_positive() {
        let limit = now.saturating_sub(TOLERANCE).map(basic).unwrap_or_default();
        format!("Signature expired: {date} is now earlier than {limit} ({} - 15 min.)", basic(now))
    } else {
        let limit = now.saturating_add(TOLERANCE).map(basic).unwrap_or_default();
        format!("Signature not yet current: {date} is still later than {limit} ({} + 15 min.)", basic(now))
    };
    Err(Failure::Signature(message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Config;
    use crate::identity::Session;

    fn world() -> World {
        World::new(Config { seed: Some(1), ..Config::default() }).unwrap()
    }

    fn rejection(world: &World, id: &str, token: Option<&str>, now: Timestamp) -> Failure {
        match find_principal(world, id, token, now) {
            Ok((caller, _)) => panic!("{} was authenticated", caller.arn()),
            Err(failure) => failure,
        }
    }

    #[test]
    fn find_principal_rejects_user_with_session_token() {
        let world = world();
        let key = &world.users.security.access_key;
        assert_eq!(
            find_principal(&world, &key.id, None, Timestamp::UNIX_EPOCH).unwrap().0.arn(),
            world.users.security.arn
        );
        assert_eq!(rejection(&world, &key.id, Some("token"), Timestamp::UNIX_EPOCH), Failure::UnknownKey);
        assert_eq!(rejection(&world, "AKIAIOSFODNN7EXAMPLE", None, Timestamp::UNIX_EPOCH), Failure::UnknownKey);
    }

    #[test]
    fn find_principal_requires_session_token_before_expiry() {
        let world = world();
        let end = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(1);
        let session = Session::new("001122334455", "DevOps", "me", end, &world.random);
        world.add_session(session.clone());
        let (id, token) = (&session.access_key.id, session.token.as_str());
        let caller = find_principal(&world, id, Some(token), Timestamp::UNIX_EPOCH).unwrap().0;
        assert_eq!(caller.arn(), "arn:aws:sts::001122334455:assumed-role/DevOps/me");
        assert_eq!(rejection(&world, id, None, Timestamp::UNIX_EPOCH), Failure::UnknownKey);
        assert_eq!(rejection(&world, id, Some("other"), Timestamp::UNIX_EPOCH), Failure::UnknownKey);
        assert_eq!(rejection(&world, id, Some(token), end), Failure::ExpiredSession);
    }

    #[test]
    fn check_time_accepts_quarter_of_an_hour() {
        let now: Timestamp = "2025-01-01T12:00:00Z".parse().unwrap();
        for date in ["20250101T114500Z", "20250101T120000Z", "20250101T121500Z"] {
            assert_eq!(check_time(date, now), Ok(()));
        }
        let message = "Signature expired: 20250101T114459Z is now earlier than 20250101T114500Z \
                       (20250101T120000Z - 15 min.)";
        assert_eq!(check_time("20250101T114459Z", now), Err(Failure::Signature(message.to_owned())));
        assert!(check_time("20250101T121501Z", now).is_err());
    }
}

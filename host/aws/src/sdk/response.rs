//! Checks of responses from AWS.

use leverage_error::visible::safe;
use leverage_error::{Error, Kind, Result};
use leverage_plugin_api::naming::is_account_id;

const ENDPOINT_HINT: &str = "if `AWS_ENDPOINT_URL` is set, check that it leads to AWS";

/// Checks an account id. It becomes part of names, ARNs and Terraform files, where other texts could be interpreted.
pub(crate) fn check_account_id(id: String, operation: &str) -> Result<String> {
    if is_account_id(&id) {
        return Ok(id);
    }
    let id: String = id.chars().take(64).collect();
    Err(Error::new(Kind::Aws, format!("AWS returned an invalid account id for `{operation}`: `{}`", safe(&id)))
        .hint(ENDPOINT_HINT))
}

/// The error of a response without a field that AWS always sends.
pub(crate) fn incomplete(operation: &str) -> Error {
    Error::new(Kind::Aws, format!("AWS returned an incomplete response for `{operation}`")).hint(ENDPOINT_HINT)
}

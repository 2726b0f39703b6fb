//! The bare paginated walk: lists the accounts with the same SDK client, and nothing else.

use aws_config::{BehaviorVersion, Region};
use aws_credential_types::Credentials;

use crate::Result;

/// The word that makes this program walk. Endpoint and keys are in the environment.
pub const WORD: &str = "walk";

/// Walks, and prints how many accounts there are.
pub fn run() -> Result<()> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let variable = |name| std::env::var(name).map_err(|_| format!("{name} is not set"));
        let (id, secret) = (variable("AWS_ACCESS_KEY_ID")?, variable("AWS_SECRET_ACCESS_KEY")?);
        let config = aws_config::defaults(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .endpoint_url(variable("AWS_ENDPOINT_URL")?)
            .credentials_provider(Credentials::new(id, secret, None, None, "walk"))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .load()
            .await;
        let client = aws_sdk_organizations::Client::new(&config);
        let mut pages = client.list_accounts().into_paginator().send();
        let mut count = 0;
        while let Some(page) = pages.next().await {
            count += page.map_err(|error| format!("{error:?}"))?.accounts().len();
        }
        println!("{count}");
        Ok(())
    })
}

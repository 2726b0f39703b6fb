//! Time limits and retries of requests to AWS.

use std::time::Duration;

/// Time limits and retries of requests to AWS.
#[derive(Debug, Clone)]
pub struct RequestLimits {
    /// The time limit for opening a connection.
    pub connect: Duration,
    /// The time limit of one attempt.
    pub attempt: Duration,
    /// The time limit of an operation with all attempts.
    pub operation: Duration,
    /// The time limit of a complete list with all pages and attempts, because the list can be endless.
    pub list: Duration,
    /// The most attempts of an operation.
    pub attempts: u32,
    /// The pause before the second attempt. Later pauses are longer, with jitter.
    pub first_backoff: Duration,
}

impl Default for RequestLimits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            attempt: Duration::from_secs(10),
            operation: Duration::from_secs(60),
            // Enough for the 2,500 pages of the largest organization at half a second each.
            list: Duration::from_secs(20 * 60),
            attempts: 8,
            first_backoff: Duration::from_millis(250),
        }
    }
}

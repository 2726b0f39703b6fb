//! x
pub struct AssumeRole;

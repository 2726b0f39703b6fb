//! The random texts of a sandbox: keys, tokens and ids, derived from one seed.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};

/// The alphabet of access key ids and of IAM's unique ids.
pub(crate) const KEY_ID: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// The alphabet of secret access keys and of session tokens.
pub(crate) const SECRET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/// The alphabet of organization ids.
pub(crate) const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
/// Hexadecimal digits.
pub(crate) const HEX: &[u8] = b"0123456789abcdef";

/// A generator of random texts from a seed.
pub(crate) struct Random {
    seed: [u8; 32],
    drawn: AtomicU64,
}

impl Random {
    /// A generator with this seed; without one, with a random seed of the system.
    pub(crate) fn new(seed: Option<u64>) -> io::Result<Self> {
        let seed = match seed {
            Some(seed) => Sha256::digest(seed.to_be_bytes()).into(),
            None => {
                let mut bytes = [0; 32];
                getrandom::fill(&mut bytes)?;
                bytes
            }
        };
        Ok(Self { seed, drawn: AtomicU64::new(0) })
    }

    /// The text for `label`, which is always the same in one sandbox.
    pub(crate) fn text(&self, label: &str, alphabet: &[u8], length: usize) -> String {
        let mut text = String::with_capacity(length);
        for block in 0_u32.. {
            let digest = Sha256::new()
                .chain_update(self.seed)
                .chain_update(block.to_be_bytes())
                .chain_update(label.as_bytes())
                .finalize();
            for byte in digest {
                if text.len() == length {
                    return text;
                }
                text.push(char::from(alphabet[usize::from(byte) % alphabet.len()]));
            }
        }
        text
    }

    /// A new label, for texts that differ between calls.
    pub(crate) fn new_label(&self, purpose: &str) -> String {
        format!("{purpose}/{}", self.drawn.fetch_add(1, Ordering::Relaxed))
    }

    /// A new request id: a UUID, as in AWS.
    pub(crate) fn request_id(&self) -> String {
        let hex = self.text(&self.new_label("request"), HEX, 32);
        format!("{}-{}-4{}-a{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_depends_on_seed_and_label() {
        let [first, second] = [Random::new(Some(1)).unwrap(), Random::new(Some(1)).unwrap()];
        let [third, fourth] = [Random::new(None).unwrap(), Random::new(None).unwrap()];
        assert_eq!(first.text("key", SECRET, 40), second.text("key", SECRET, 40));
        assert_ne!(first.text("key", SECRET, 40), first.text("other", SECRET, 40));
        assert_ne!(third.text("key", SECRET, 40), fourth.text("key", SECRET, 40));
    }

    #[test]
    fn text_has_requested_length() {
        let random = Random::new(Some(1)).unwrap();
        for length in [0, 1, 32, 33, 300] {
            assert_eq!(random.text("token", SECRET, length).len(), length);
        }
    }

    #[test]
    fn request_id_is_new_uuid() {
        let random = Random::new(Some(1)).unwrap();
        let (first, second) = (random.request_id(), random.request_id());
        let lengths: Vec<_> = first.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert_ne!(first, second);
    }
}

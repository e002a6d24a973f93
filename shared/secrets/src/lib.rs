//! Secrets of a service: text that must not be seen, random bytes, and the keys that sign.

pub mod keys;
pub mod random;
mod secret;

pub use self::secret::Secret;

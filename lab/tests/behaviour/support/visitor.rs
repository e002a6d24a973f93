//! A client with a login, where a test needs no more of the visitor.

use authlab_client::{Client, target::Target, visitor::Visitor};

/// Logged in with JSON. The account is registered if it does not exist yet.
pub(crate) async fn logged_in(target: &Target, username: &str) -> Client {
    Visitor::new(target, username).await.unwrap().client
}

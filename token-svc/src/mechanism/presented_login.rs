//! The live login behind the access token of a request.

use std::sync::Arc;

use authlab_endings::Shown;
use authlab_mechanism::{
    login::{Account, LoginId},
    tokens::TokenKind,
};

use crate::{claims::Claims, items::Items, opaque::OpaqueLogin};

#[derive(Debug)]
pub(super) enum PresentedLogin {
    Jwt(Arc<Claims>),
    Opaque(OpaqueLogin),
}

impl PresentedLogin {
    pub(super) fn account(&self) -> Account {
        match self {
            Self::Jwt(claims) => claims.account(),
            Self::Opaque(login) => login.row.account.clone(),
        }
    }

    pub(super) fn login_id(&self) -> LoginId {
        match self {
            Self::Jwt(claims) => claims.login_id(),
            Self::Opaque(login) => login.row.login_id(),
        }
    }

    pub(super) fn for_endings(&self) -> Shown<'_> {
        match self {
            Self::Jwt(claims) => claims.for_endings(),
            Self::Opaque(login) => login.for_endings(),
        }
    }

    pub(super) fn kind(&self) -> TokenKind {
        match self {
            Self::Jwt(_) => TokenKind::Jwt,
            Self::Opaque(_) => TokenKind::Opaque,
        }
    }

    pub(super) fn into_items(self) -> Items {
        match self {
            Self::Jwt(claims) => claims.items.clone(),
            Self::Opaque(login) => login.items,
        }
    }
}

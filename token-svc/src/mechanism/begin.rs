//! How logins begin: in one transaction over families, opaque tokens and endings. If it fails, nothing has changed in the database.
//!
//! An opaque token outside of the database begins before the transaction, which checks that the login may live. So a password change at
//! the same time either refuses the login or ends it.

use std::mem;

use authlab_database::answer;
use authlab_mechanism::{
    handover::Handover,
    login::{Granted, NewLogin},
    refusal::Refusal,
    tokens::TokenKind,
};
use sqlx::AnyConnection;

use super::{IssuedTokens, end::LoginsToEnd};
use crate::{
    access_token::{AccessToken, COOKIES},
    items::Items,
    login_row::LoginRow,
    opaque::{NewOpaqueLogin, OpaqueEnd},
};

impl IssuedTokens {
    /// Begins a login. With `ends_others`, all other logins of the account end.
    pub(super) async fn begin(
        &self,
        kind: TokenKind,
        new: NewLogin<'_>,
        mut items: Items,
        ends_others: bool,
    ) -> Result<Granted, Refusal> {
        // The login in the cookies that are replaced ends, or any copy of them would keep it alive.
        let mut to_end = LoginsToEnd::default();
        if new.into_cookies {
            let refresh_tokens = new.presented.credentials(COOKIES.refresh);
            to_end = self.logins_of(&AccessToken::from_cookies(new.presented), &refresh_tokens).await?;
        }
        let opaque =
            (kind == TokenKind::Opaque).then(|| self.opaque.new_login(new.account, new.device, mem::take(&mut items)));
        if let Some(login) = &opaque {
            self.opaque.store.begin(login).await?;
        }
        let begun = answer(async {
            let mut transaction = self.database.begin_to_write().await?;
            self.database.serialize_account(&mut transaction, new.account.id).await?;
            if !self.endings.stands_in(&mut transaction, new.account).await? {
                return Ok(None);
            }
            let (login, granted) = match &opaque {
                Some(login) => self.begin_opaque(&mut transaction, new, login).await?,
                None => self.begin_family(&mut transaction, new, items).await?,
            };
            if ends_others {
                let id = login.login_id();
                self.families.table.delete_others(&mut transaction, new.account, &id).await?;
                to_end.opaque.push(OpaqueEnd::Others(new.account.clone(), id));
            }
            if let (TokenKind::Jwt, Some(at_most)) = (kind, self.logins_at_most) {
                let ended = self.families.table.delete_beyond(&mut transaction, &login, at_most.get()).await?;
                to_end.families.extend(ended);
            }
            Ok(Some((granted, self.commit(transaction, to_end).await?)))
        });
        let begun = begun.await;
        if let (Some(login), Ok(None) | Err(_)) = (&opaque, &begun) {
            self.opaque.store.discard(login.key()).await?;
        }
        let (granted, left) = begun?.ok_or(Refusal::PasswordReplaced)?;
        self.opaque.store.end(left).await?;
        Ok(granted)
    }

    async fn begin_family(
        &self,
        connection: &mut AnyConnection,
        new: NewLogin<'_>,
        items: Items,
    ) -> sqlx::Result<(LoginRow, Granted)> {
        let (family, refresh_token) = self.families.begin(connection, new.account, new.device).await?;
        let times = (family.login.created_at, family.login.created_at);
        let (login, token) = self.signed.issue(new.account, &family.login.login_id(), times, items);
        let handover = Handover::token(self.with_refresh_token(token, &family, refresh_token));
        Ok((family.login, Granted { login, handover }))
    }

    async fn begin_opaque(
        &self,
        connection: &mut AnyConnection,
        new: NewLogin<'_>,
        begun: &NewOpaqueLogin,
    ) -> sqlx::Result<(LoginRow, Granted)> {
        self.opaque.store.begin_within(connection, begun).await?;
        let mut handover = Handover::token(self.opaque.token(begun));
        // The refresh cookie of the former login would bring that login back.
        if new.presented.shows(COOKIES.refresh) {
            handover.cookies.extend(Handover::delete_cookie(COOKIES.refresh).cookies);
        }
        Ok((begun.row.clone(), Granted { login: begun.row.login(), handover }))
    }
}

//! How logins begin: in one transaction over families, opaque tokens and endings. If it fails, nothing has changed.

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
    family::EndedFamily,
    items::Items,
};

impl IssuedTokens {
    /// Begins a login. With `ends_others`, all other logins of the account end.
    pub(super) async fn begin(
        &self,
        kind: TokenKind,
        new: NewLogin<'_>,
        items: Items,
        ends_others: bool,
    ) -> Result<Granted, Refusal> {
        // The login in the cookies that are replaced ends, or any copy of them would keep it alive.
        let mut to_end = LoginsToEnd::default();
        if new.into_cookies {
            let refresh_tokens = new.presented.credentials(COOKIES.refresh);
            to_end = self.logins_of(&AccessToken::from_cookies(new.presented), &refresh_tokens).await?;
        }
        let begun = answer(async {
            let mut transaction = self.database.begin_to_write().await?;
            self.database.serialize_account(&mut transaction, new.account.id).await?;
            if !self.endings.stands_in(&mut transaction, new.account).await? {
                return Ok(None);
            }
            let (granted, ended) = match kind {
                TokenKind::Jwt => self.begin_family(&mut transaction, new, items, ends_others).await?,
                TokenKind::Opaque => self.begin_opaque(&mut transaction, new, items, ends_others).await?,
            };
            to_end.families.extend(ended);
            let ended = self.write_ended(&mut transaction, to_end).await?;
            transaction.commit().await?;
            Ok(Some((granted, ended)))
        });
        let (granted, ended) = begun.await?.ok_or(Refusal::PasswordReplaced)?;
        self.learn(&ended);
        Ok(granted)
    }

    async fn begin_family(
        &self,
        connection: &mut AnyConnection,
        new: NewLogin<'_>,
        items: Items,
        ends_others: bool,
    ) -> sqlx::Result<(Granted, Vec<EndedFamily>)> {
        let (family, refresh_token) = self.families.begin(connection, new.account, new.device).await?;
        if ends_others {
            self.end_all_except(connection, new.account, &family.login_id()).await?;
        }
        let ended = match self.logins_at_most {
            Some(at_most) => self.families.end_beyond(connection, &family, at_most.get()).await?,
            None => Vec::new(),
        };
        let times = (family.created_at, family.created_at);
        let (login, token) = self.signed.issue(new.account, &family.login_id(), times, items);
        let handover = Handover::token(self.with_refresh_token(token, &family, refresh_token));
        Ok((Granted { login, handover }, ended))
    }

    async fn begin_opaque(
        &self,
        connection: &mut AnyConnection,
        new: NewLogin<'_>,
        items: Items,
        ends_others: bool,
    ) -> sqlx::Result<(Granted, Vec<EndedFamily>)> {
        let (login, token) = self.opaque.begin(connection, (new.account, new.device), items).await?;
        if ends_others {
            self.end_all_except(connection, new.account, &login.login_id()).await?;
        }
        if let Some(at_most) = self.logins_at_most {
            self.opaque.end_beyond(connection, &login, at_most.get()).await?;
        }
        let mut handover = Handover::token(token);
        // The refresh cookie of the former login would bring that login back.
        if new.presented.shows(COOKIES.refresh) {
            handover.cookies.extend(Handover::delete_cookie(COOKIES.refresh).cookies);
        }
        Ok((Granted { login: login.login(), handover }, Vec::new()))
    }
}

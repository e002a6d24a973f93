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
    items::Items,
    login_row::LoginRow,
    login_table::LoginTable,
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
            let (table, login, granted) = match kind {
                TokenKind::Jwt => self.begin_family(&mut transaction, new, items).await?,
                TokenKind::Opaque => self.begin_opaque(&mut transaction, new, &items).await?,
            };
            if ends_others {
                self.end_all_except(&mut transaction, new.account, &login.login_id()).await?;
            }
            if let Some(at_most) = self.logins_at_most {
                let ended = table.delete_beyond(&mut transaction, &login, at_most.get()).await?;
                to_end.families.extend(ended);
            }
            self.commit(transaction, to_end).await?;
            Ok(Some(granted))
        });
        begun.await?.ok_or(Refusal::PasswordReplaced)
    }

    async fn begin_family(
        &self,
        connection: &mut AnyConnection,
        new: NewLogin<'_>,
        items: Items,
    ) -> sqlx::Result<(&LoginTable, LoginRow, Granted)> {
        let (family, refresh_token) = self.families.begin(connection, new.account, new.device).await?;
        let times = (family.login.created_at, family.login.created_at);
        let (login, token) = self.signed.issue(new.account, &family.login.login_id(), times, items);
        let handover = Handover::token(self.with_refresh_token(token, &family, refresh_token));
        Ok((&self.families.table, family.login, Granted { login, handover }))
    }

    async fn begin_opaque(
        &self,
        connection: &mut AnyConnection,
        new: NewLogin<'_>,
        items: &Items,
    ) -> sqlx::Result<(&LoginTable, LoginRow, Granted)> {
        let (login, token) = self.opaque.begin(connection, (new.account, new.device), items).await?;
        let mut handover = Handover::token(token);
        // The refresh cookie of the former login would bring that login back.
        if new.presented.shows(COOKIES.refresh) {
            handover.cookies.extend(Handover::delete_cookie(COOKIES.refresh).cookies);
        }
        let granted = Granted { login: login.login(), handover };
        Ok((&self.opaque.table, login, granted))
    }
}

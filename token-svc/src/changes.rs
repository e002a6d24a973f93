//! How logins begin and end. Each change is one transaction over families, opaque tokens and endings: it is done, or nothing is, and a
//! second try does what is missing.

use shared::{
    database::answer,
    endings::Shown as ShownLogin,
    handover::{Handover, REFRESH_COOKIE, TOKEN_COOKIE},
    login::{Account, Granted, LoginId, NewLogin},
    refusal::{Denied, Refusal, Unavailable},
    tokens::TokenKind,
};
use sqlx::AnyConnection;

use crate::{
    family::Ended,
    items::Items,
    mechanism::{IssuedTokens, Shown},
    opaque::is_opaque,
};

/// What is to end: families whose access tokens may be out in the world, and opaque tokens.
#[derive(Debug, Default)]
struct Ending {
    families: Vec<Ended>,
    opaque: Vec<String>,
}

impl IssuedTokens {
    /// A login that begins now. With `ends_others`, all other logins of the account end.
    pub(crate) async fn begin(
        &self,
        kind: TokenKind,
        new: NewLogin<'_>,
        items: Items,
        ends_others: bool,
    ) -> Result<Granted, Refusal> {
        // What the cookies hold that are replaced: its login would go on in whatever copy there is.
        let mut ending = Ending::default();
        if new.into_cookies {
            let held = |cookie| new.presented.credentials(cookie);
            ending = self.logins_of(&held(TOKEN_COOKIE), &held(REFRESH_COOKIE)).await?;
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
            ending.families.extend(ended);
            let ended = self.write_ended(&mut transaction, ending).await?;
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
    ) -> sqlx::Result<(Granted, Vec<Ended>)> {
        let (family, refresh_token) = self.families.begin(connection, new.account, new.device).await?;
        if ends_others {
            self.end_all_but(connection, new.account, &family.login_id()).await?;
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
    ) -> sqlx::Result<(Granted, Vec<Ended>)> {
        let (kept, token) = self.opaque.begin(connection, (new.account, new.device), items).await?;
        if ends_others {
            self.end_all_but(connection, new.account, &kept.login_id()).await?;
        }
        if let Some(at_most) = self.logins_at_most {
            self.opaque.end_beyond(connection, &kept, at_most.get()).await?;
        }
        let mut handover = Handover::token(token);
        // It would bring back the login before this one.
        if new.presented.shows(REFRESH_COOKIE) {
            handover.cookies.extend(Handover::delete_cookie(REFRESH_COOKIE).cookies);
        }
        Ok((Granted { login: kept.login(), handover }, Vec::new()))
    }

    /// What these tokens stand for, whether or not they still hold.
    async fn logins_of(&self, access: &[&str], refresh_tokens: &[&str]) -> Result<Ending, Unavailable> {
        let (opaque, signed): (Vec<&str>, Vec<&str>) = access.iter().partition(|token| is_opaque(token));
        let mut families: Vec<Ended> = signed.into_iter().filter_map(|token| self.family_of(token)).collect();
        for refresh_token in refresh_tokens {
            if let Some(family) = self.families.of(refresh_token).await? {
                families.push(self.unexpired(family.id, family.account.id, 0));
            }
        }
        Ok(Ending { families, opaque: opaque.into_iter().map(str::to_owned).collect() })
    }

    /// Of which family a JWT is, whether or not it still holds.
    fn family_of(&self, token: &str) -> Option<Ended> {
        let claims = self.signed.read(token).ok()?;
        Some(self.unexpired(claims.jti.clone(), claims.account().id, claims.exp))
    }

    /// A family none of whose access tokens is known to expire later: those that are issued now live for the lifetime that is set.
    fn unexpired(&self, id: String, account: i64, access_expires_at: i64) -> Ended {
        Ended { id, account, access_expires_at: access_expires_at.max(self.newest_access_token_expires_at()) }
    }

    /// Deletes what is still there, and writes down that no access token of any of the families is believed.
    async fn write_ended(&self, connection: &mut AnyConnection, ending: Ending) -> sqlx::Result<Vec<Ended>> {
        for token in ending.opaque {
            self.opaque.end(connection, &token).await?;
        }
        let mut written = Vec::with_capacity(ending.families.len());
        for one in ending.families {
            let found = self.families.end(connection, &one.id).await?;
            let later = found.map_or(0, |found| found.access_expires_at);
            let one = self.unexpired(one.id, one.account, one.access_expires_at.max(later));
            self.endings.write_login(connection, shown(&one), one.access_expires_at).await?;
            written.push(one);
        }
        Ok(written)
    }

    fn learn(&self, ended: &[Ended]) {
        for one in ended {
            self.endings.learn_login(shown(one), one.access_expires_at);
        }
    }

    async fn end(&self, ending: Ending) -> Result<(), Unavailable> {
        if ending.families.is_empty() && ending.opaque.is_empty() {
            return Ok(());
        }
        let ended = answer(async {
            let mut transaction = self.database.begin_to_write().await?;
            let ended = self.write_ended(&mut transaction, ending).await?;
            transaction.commit().await?;
            Ok(ended)
        });
        self.learn(&ended.await?);
        Ok(())
    }

    /// Ends the logins of these tokens, of whatever kind.
    pub(crate) async fn end_by(&self, access: &[&str], refresh_tokens: &[&str]) -> Result<(), Unavailable> {
        self.end(self.logins_of(access, refresh_tokens).await?).await
    }

    /// Ends a family: it is refreshed no more, and no copy of its access tokens is believed.
    pub(crate) async fn end_family(&self, id: &str, account: &Account) -> Result<(), Unavailable> {
        let families = vec![self.unexpired(id.to_owned(), account.id, 0)];
        self.end(Ending { families, ..Ending::default() }).await
    }

    /// Ends one of the account's logins, of either kind; an unknown one has ended already.
    pub(crate) async fn end_one(&self, account: &Account, login: &LoginId) -> Result<(), Unavailable> {
        let ended = answer(async {
            let mut transaction = self.database.begin_to_write().await?;
            let found = self.families.end_of(&mut transaction, account, login).await?;
            if found.is_none() {
                self.opaque.end_of(&mut transaction, account, login).await?;
            }
            let ending = Ending { families: found.into_iter().collect(), ..Ending::default() };
            let ended = self.write_ended(&mut transaction, ending).await?;
            transaction.commit().await?;
            Ok(ended)
        });
        self.learn(&ended.await?);
        Ok(())
    }

    /// Ends all of the account's logins, of either kind.
    pub(crate) async fn end_account(&self, account: &Account) -> Result<(), Unavailable> {
        let ended = answer(async {
            let mut transaction = self.database.begin_to_write().await?;
            let ended = self.endings.write_account(&mut transaction, account, None).await?;
            self.end_all_but(&mut transaction, &ended, &NO_LOGIN).await?;
            transaction.commit().await?;
            Ok(ended)
        });
        self.endings.learn_account(&ended.await?, None);
        Ok(())
    }

    /// Ends all of the account's logins but the caller's, unless that has ended meanwhile.
    pub(crate) async fn end_others_of(&self, caller: &Shown) -> Result<(), Refusal> {
        let (account, login) = (caller.account(), caller.login_id());
        let ended = answer(async {
            let mut transaction = self.database.begin_to_write().await?;
            let ended = self.endings.write_others(&mut transaction, &account, caller.as_ended()).await?;
            let Some(ended) = ended else { return Ok(None) };
            let opaque_is_there = self.end_all_but(&mut transaction, &ended, &login).await?;
            if caller.kind() == TokenKind::Opaque && !opaque_is_there {
                return Ok(None);
            }
            transaction.commit().await?;
            Ok(Some(ended))
        });
        let ended = ended.await?.ok_or(Refusal::NotLoggedIn(Denied::Ended))?;
        self.endings.learn_account(&ended, Some(&login.0));
        Ok(())
    }

    /// Whether the login that goes on is an opaque token's.
    async fn end_all_but(
        &self,
        connection: &mut AnyConnection,
        account: &Account,
        but: &LoginId,
    ) -> sqlx::Result<bool> {
        self.families.end_others(connection, account, but).await?;
        self.opaque.end_others(connection, account, but).await
    }
}

/// No login has this id.
const NO_LOGIN: LoginId = LoginId(String::new());

/// As the endings know it.
fn shown(ended: &Ended) -> ShownLogin<'_> {
    ShownLogin { account: Some(ended.account), generation: 0, login: &ended.id, username: "", issued_at: 0 }
}

//! How logins begin and end. Each change is one transaction over families, opaque tokens and endings: it is done, or nothing is, and a
//! second try does what is missing.

use shared::{
    database::answer,
    endings::Shown as ShownLogin,
    handover::{Handover, REFRESH_COOKIE, TOKEN_COOKIE},
    login::{Account, Granted, LoginId, NewLogin},
    presented::Presented,
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

/// The login whose cookies a new one replaces.
#[derive(Debug, Default)]
struct Replaced {
    families: Vec<Ended>,
    opaque: Option<String>,
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
        let replaced = if new.into_cookies { self.replaced_by(new.presented).await? } else { Replaced::default() };
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
            let ended = self.write_replaced(&mut transaction, replaced, ended).await?;
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
        if new.presented.cookie_names().any(|name| name == REFRESH_COOKIE) {
            handover.cookies.extend(Handover::delete_cookie(REFRESH_COOKIE).cookies);
        }
        Ok((Granted { login: kept.login(), handover }, Vec::new()))
    }

    /// What the cookies hold that a form's login replaces: their login would go on in whatever copy there is.
    async fn replaced_by(&self, presented: &Presented) -> Result<Replaced, Refusal> {
        // What is ambiguous is nobody's, and must not keep anybody from logging in.
        let access = presented.cookie(TOKEN_COOKIE).ok().flatten();
        let mut replaced = Replaced::default();
        match access {
            Some(token) if is_opaque(token) => replaced.opaque = Some(token.to_owned()),
            Some(token) => replaced.families.extend(self.family_of(token)),
            None => {}
        }
        if let Ok(Some(refresh_token)) = presented.cookie(REFRESH_COOKIE)
            && let Some(family) = self.families.of(refresh_token).await?
        {
            replaced.families.push(self.unexpired(family.id, family.account.id, 0));
        }
        Ok(replaced)
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

    async fn write_replaced(
        &self,
        connection: &mut AnyConnection,
        replaced: Replaced,
        mut ended: Vec<Ended>,
    ) -> sqlx::Result<Vec<Ended>> {
        if let Some(token) = replaced.opaque {
            self.opaque.end(connection, &token).await?;
        }
        ended.extend(replaced.families);
        self.write_ended(connection, ended).await
    }

    /// Deletes the families that are still there, and writes down that no access token of any of them is believed.
    async fn write_ended(&self, connection: &mut AnyConnection, ended: Vec<Ended>) -> sqlx::Result<Vec<Ended>> {
        let mut written = Vec::with_capacity(ended.len());
        for one in ended {
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

    /// Ends what these credentials stand for: families whose access tokens may be out in the world, and an opaque token.
    async fn end(&self, families: Vec<Ended>, opaque: Option<&str>) -> Result<(), Unavailable> {
        if families.is_empty() && opaque.is_none() {
            return Ok(());
        }
        let ended = answer(async {
            let mut transaction = self.database.begin_to_write().await?;
            if let Some(token) = opaque {
                self.opaque.end(&mut transaction, token).await?;
            }
            let ended = self.write_ended(&mut transaction, families).await?;
            transaction.commit().await?;
            Ok(ended)
        });
        self.learn(&ended.await?);
        Ok(())
    }

    /// Ends a login by one of its tokens, of whatever kind.
    pub(crate) async fn end_by(&self, access: Option<&str>, refresh_token: Option<&str>) -> Result<(), Refusal> {
        let opaque = access.filter(|token| is_opaque(token));
        let mut families: Vec<Ended> =
            access.filter(|token| !is_opaque(token)).and_then(|token| self.family_of(token)).into_iter().collect();
        if let Some(refresh_token) = refresh_token
            && let Some(family) = self.families.of(refresh_token).await?
        {
            families.push(self.unexpired(family.id, family.account.id, 0));
        }
        Ok(self.end(families, opaque).await?)
    }

    /// Ends a family: it is refreshed no more, and no copy of its access tokens is believed.
    pub(crate) async fn end_family(&self, id: &str, account: &Account) -> Result<(), Unavailable> {
        self.end(vec![self.unexpired(id.to_owned(), account.id, 0)], None).await
    }

    /// Ends one of the account's logins, of either kind; an unknown one has ended already.
    pub(crate) async fn end_one(&self, account: &Account, login: &LoginId) -> Result<(), Unavailable> {
        let ended = answer(async {
            let mut transaction = self.database.begin_to_write().await?;
            let found = self.families.end_of(&mut transaction, account, login).await?;
            if found.is_none() {
                self.opaque.end_of(&mut transaction, account, login).await?;
            }
            let ended = self.write_ended(&mut transaction, found.into_iter().collect()).await?;
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
            self.end_all_but(&mut transaction, &ended, &login).await?;
            transaction.commit().await?;
            Ok(Some(ended))
        });
        let ended = ended.await?.ok_or(Refusal::NotLoggedIn(Denied::Ended))?;
        self.endings.learn_account(&ended, Some(&login.0));
        Ok(())
    }

    async fn end_all_but(&self, connection: &mut AnyConnection, account: &Account, but: &LoginId) -> sqlx::Result<()> {
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

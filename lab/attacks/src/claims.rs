//! Common claims about cookies, sessions and tokens. Fixed rules decide each claim from the attack table.

use authlab_results::{
    Verdict,
    attacks::{AttackClaim, AttackTable, Outcome},
};

/// A claim, and the attack that decides it.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    /// Stable: programs may refer to the id.
    pub id: &'static str,
    pub says: &'static str,
    /// The row that decides it.
    pub row: &'static str,
    /// The mechanism that the claim is about; `opaque` means opaque tokens.
    mechanism: &'static str,
    claimed: Claimed,
}

#[derive(Clone, Copy, Debug)]
enum Claimed {
    /// The attack succeeds, in every setting.
    Succeeds,
    /// The attack is blocked, in every setting.
    Blocked,
}

/// Lists the claims, one a line: the id, the mechanism, the row, what is claimed of it, and the claim in words.
macro_rules! claims {
    ($($id:literal: $mechanism:ident $file:ident::$name:ident $claimed:ident, $says:literal;)+) => {
        &[$(Claim {
            id: $id,
            says: $says,
            row: concat!(stringify!($file), "::", stringify!($name)),
            mechanism: stringify!($mechanism),
            claimed: Claimed::$claimed,
        },)+]
    };
}

pub const CLAIMS: &[Claim] = claims! {
    "tokens-cannot-be-revoked": token theft::replay_after_logout Succeeds, "JWTs cannot be logged out: a copy works until it expires";
    "cookies-cannot-be-revoked": cookie theft::replay_after_logout Succeeds, "A signed cookie stays valid after the logout";
    "sessions-can-be-revoked": session theft::replay_after_logout Blocked, "A session ends at once, for every copy of it";
    "tokens-outlive-a-password-change": token theft::replay_after_a_password_change Succeeds, "A JWT survives a password change";
    "tokens-cannot-end-one-login": token theft::replay_after_ending_one_login Succeeds,
        "A single JWT login cannot be ended from another device";
    "sessions-list-and-end-logins": session theft::replay_after_ending_one_login Blocked,
        "Only sessions give users a list of devices that they can end";
    "cookies-can-be-rolled-back": cookie state::roll_back_an_item Succeeds, "An older signed cookie undoes a change of state";
    "sessions-cannot-be-rolled-back": session state::roll_back_an_item Blocked, "Server-side state cannot be rolled back by the client";
    "cookies-can-be-read": cookie exposure::read_it_without_the_key Succeeds, "What is in a signed cookie can be read by anybody";
    "tokens-can-be-read": token exposure::read_it_without_the_key Succeeds, "The payload of a JWT can be read by anybody";
    "sessions-tell-nothing": session exposure::read_it_without_the_key Blocked, "A session id tells nothing";
    "cookies-bring-csrf": cookie cross_site::act_for_the_victim Succeeds, "Cookies bring CSRF";
    "tokens-fall-to-xss": token exposure::take_it_by_script Succeeds, "A token is one XSS away from theft";
    "cookies-fall-to-xss": cookie exposure::take_it_by_script Succeeds, "A cookie is one XSS away from theft";
    "sessions-are-not-safe-from-theft": session theft::use_a_stolen_credential Succeeds, "A stolen session id is a stolen login";
    "cookies-can-be-forged": cookie tampering::change_each_character Succeeds, "The client can change what is in a cookie";
    "a-stolen-key-is-everybody": token forgery::sign_with_the_stolen_key Succeeds, "Whoever steals the signing key is everybody";
    "a-stolen-key-is-nobody-to-sessions": session forgery::sign_with_the_stolen_key Blocked, "To sessions a stolen key is worth nothing";
    "opaque-tokens-can-be-revoked": opaque theft::replay_after_logout Blocked, "An opaque token ends at once, for every copy of it";
    "opaque-tokens-tell-nothing": opaque exposure::read_it_without_the_key Blocked, "An opaque token tells nothing";
    "alg-none": token token_confusion::alg_none Succeeds, "JWTs can be forged with `alg: none`";
    "sessions-fall-to-fixation": session fixation::plant_a_credential Succeeds, "Sessions can be fixed before the login";
};

/// Decides every claim, in the order of the list.
pub(super) fn decide(table: &AttackTable) -> Vec<AttackClaim> {
    CLAIMS.iter().map(|claim| decided(claim, table)).collect()
}

fn decided(claim: &Claim, table: &AttackTable) -> AttackClaim {
    let (mut agree, mut disagree) = (Vec::new(), Vec::new());
    for (column, cell) in table.columns.iter().zip(table.row(claim.row).unwrap_or_default()) {
        // Claims about JWTs do not apply to opaque tokens.
        let kind = if column.setting.contains("TOKEN_KIND=opaque") { "opaque" } else { column.mechanism.as_str() };
        if kind != claim.mechanism {
            continue;
        }
        let succeeded = match cell.outcome {
            Outcome::Held => false,
            Outcome::Fell { .. } | Outcome::ByNature(_) => true,
            Outcome::NotApplicable { .. } | Outcome::NotPlayed { .. } | Outcome::NotStated => continue,
        };
        let as_claimed = succeeded == matches!(claim.claimed, Claimed::Succeeds);
        if as_claimed { agree.push(column.target_and_setting()) } else { disagree.push(column.target_and_setting()) }
    }
    let verdict = match (agree.is_empty(), disagree.is_empty()) {
        (true, true) => Verdict::Undecided,
        (false, true) => Verdict::True,
        (true, false) => Verdict::False,
        (false, false) => Verdict::Depends,
    };
    let [id, says, row] = [claim.id, claim.says, claim.row].map(str::to_owned);
    AttackClaim { id, says, row, verdict, agree, disagree }
}

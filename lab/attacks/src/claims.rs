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

const fn claim(
    id: &'static str,
    says: &'static str,
    row: &'static str,
    mechanism: &'static str,
    claimed: Claimed,
) -> Claim {
    Claim { id, says, row, mechanism, claimed }
}

pub const CLAIMS: &[Claim] = &[
    claim(
        "tokens-cannot-be-revoked",
        "JWTs cannot be logged out: a copy works until it expires",
        "theft::replay_after_logout",
        "token",
        Claimed::Succeeds,
    ),
    claim(
        "cookies-cannot-be-revoked",
        "A signed cookie stays valid after the logout",
        "theft::replay_after_logout",
        "cookie",
        Claimed::Succeeds,
    ),
    claim(
        "sessions-can-be-revoked",
        "A session ends at once, for every copy of it",
        "theft::replay_after_logout",
        "session",
        Claimed::Blocked,
    ),
    claim(
        "tokens-outlive-a-password-change",
        "A JWT survives a password change",
        "theft::replay_after_a_password_change",
        "token",
        Claimed::Succeeds,
    ),
    claim(
        "tokens-cannot-end-one-login",
        "A single JWT login cannot be ended from another device",
        "theft::replay_after_ending_one_login",
        "token",
        Claimed::Succeeds,
    ),
    claim(
        "sessions-list-and-end-logins",
        "Only sessions give users a list of devices that they can end",
        "theft::replay_after_ending_one_login",
        "session",
        Claimed::Blocked,
    ),
    claim(
        "cookies-can-be-rolled-back",
        "An older signed cookie undoes a change of state",
        "state::roll_back_an_item",
        "cookie",
        Claimed::Succeeds,
    ),
    claim(
        "sessions-cannot-be-rolled-back",
        "Server-side state cannot be rolled back by the client",
        "state::roll_back_an_item",
        "session",
        Claimed::Blocked,
    ),
    claim(
        "cookies-can-be-read",
        "What is in a signed cookie can be read by anybody",
        "exposure::read_it_without_the_key",
        "cookie",
        Claimed::Succeeds,
    ),
    claim(
        "tokens-can-be-read",
        "The payload of a JWT can be read by anybody",
        "exposure::read_it_without_the_key",
        "token",
        Claimed::Succeeds,
    ),
    claim(
        "sessions-tell-nothing",
        "A session id tells nothing",
        "exposure::read_it_without_the_key",
        "session",
        Claimed::Blocked,
    ),
    claim("cookies-bring-csrf", "Cookies bring CSRF", "cross_site::act_for_the_victim", "cookie", Claimed::Succeeds),
    claim(
        "tokens-fall-to-xss",
        "A token is one XSS away from theft",
        "exposure::take_it_by_script",
        "token",
        Claimed::Succeeds,
    ),
    claim(
        "cookies-fall-to-xss",
        "A cookie is one XSS away from theft",
        "exposure::take_it_by_script",
        "cookie",
        Claimed::Succeeds,
    ),
    claim(
        "sessions-are-not-safe-from-theft",
        "A stolen session id is a stolen login",
        "theft::use_a_stolen_credential",
        "session",
        Claimed::Succeeds,
    ),
    claim(
        "cookies-can-be-forged",
        "The client can change what is in a cookie",
        "tampering::change_each_character",
        "cookie",
        Claimed::Succeeds,
    ),
    claim(
        "a-stolen-key-is-everybody",
        "Whoever steals the signing key is everybody",
        "forgery::sign_with_the_stolen_key",
        "token",
        Claimed::Succeeds,
    ),
    claim(
        "a-stolen-key-is-nobody-to-sessions",
        "To sessions a stolen key is worth nothing",
        "forgery::sign_with_the_stolen_key",
        "session",
        Claimed::Blocked,
    ),
    claim(
        "opaque-tokens-can-be-revoked",
        "An opaque token ends at once, for every copy of it",
        "theft::replay_after_logout",
        "opaque",
        Claimed::Blocked,
    ),
    claim(
        "opaque-tokens-tell-nothing",
        "An opaque token tells nothing",
        "exposure::read_it_without_the_key",
        "opaque",
        Claimed::Blocked,
    ),
    claim("alg-none", "JWTs can be forged with `alg: none`", "token_confusion::alg_none", "token", Claimed::Succeeds),
    claim(
        "sessions-fall-to-fixation",
        "Sessions can be fixed before the login",
        "fixation::plant_a_credential",
        "session",
        Claimed::Succeeds,
    ),
];

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

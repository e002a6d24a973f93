//! Attacks on the times in a token: past, future, absent, absurd, and of the wrong type. The test sets the service's clock.

use std::time::Duration;

use authlab_mechanism::refusal::Denied;

use super::forge::{Forge, LIFETIME, NOW};

/// The allowed difference between clocks, in seconds.
const LEEWAY: i64 = 5;

#[tokio::test]
async fn replay_after_expiry() {
    for forge in Forge::each() {
        forge.accepts("a fresh token", &forge.genuine).await;
        forge.clock.advance(Duration::from_secs((LIFETIME + LEEWAY - 1).unsigned_abs()));
        forge.accepts("a token in its last second", &forge.genuine).await;
        forge.clock.advance(Duration::from_secs(1));
        // The token was just verified and is in the cache.
        assert_eq!(forge.username(&forge.genuine).await, Err(Denied::Expired), "{}", forge.algorithm);
        forge.clock.advance(Duration::from_hours(24 * 365));
        assert_eq!(forge.username(&forge.genuine).await, Err(Denied::Expired), "{}", forge.algorithm);
    }
}

#[tokio::test]
async fn clocks_that_differ() {
    for forge in Forge::each() {
        let issued = |at: i64| {
            forge.with_claims(|claims| {
                for name in ["auth_time", "iat", "nbf"] {
                    claims.insert(name.to_owned(), at.into());
                }
                claims.insert("exp".to_owned(), (at + LIFETIME).into());
            })
        };
        forge.accepts("an issuer 5 s ahead", &issued(NOW + LEEWAY)).await;
        forge.refuses("an issuer 6 s ahead", &issued(NOW + LEEWAY + 1)).await;
        forge.refuses("an issuer an hour ahead", &issued(NOW + 3_600)).await;
        forge.accepts("an issuer 5 minutes behind", &issued(NOW - LIFETIME)).await;
        forge.refuses("an issuer so far behind that its tokens are dead", &issued(NOW - LIFETIME - LEEWAY)).await;
    }
}

#[tokio::test]
async fn expiry_that_is_absent_absurd_or_no_number() {
    for forge in Forge::each() {
        let exp = |text: &str| forge.with_claim_as("exp", text);
        forge.accepts("exp as it was", &exp(&(NOW + LIFETIME).to_string())).await;
        forge.accepts("exp within the leeway", &exp(&NOW.to_string())).await;
        for absurd in [
            "null",
            "\"string\"",
            "\"1790000300\"",
            "1790000300.0",
            "1790000300.5",
            "1.7900003e9",
            "-1",
            "0",
            "-0",
            "1e30",
            "1e400",
            "9007199254740993",
            "9223372036854775807",
            "18446744073709551615",
            "18446744073709551616",
            "true",
            "[]",
            "{}",
            "[1790000300]",
            "NaN",
            "Infinity",
            "0x6AB13B2C",
            "01790000300",
            "+1790000300",
            "",
        ] {
            forge.refuses(&format!("exp {absurd}"), &exp(absurd)).await;
        }
        forge.refuses("exp long past", &exp(&(NOW - 3_600).to_string())).await;
        forge.refuses("exp a second past the longest life", &exp(&(NOW + LIFETIME + 1).to_string())).await;
        forge.refuses("exp in ten years", &exp(&(NOW + 315_360_000).to_string())).await;
        forge.refuses("no exp", &forge.with_claims(|claims| drop(claims.remove("exp")))).await;
        let forever = forge.with_claims(|claims| {
            claims.insert("exp".to_owned(), i64::MAX.into());
            claims.insert("iat".to_owned(), i64::MIN.into());
        });
        forge.refuses("a life that no number holds", &forever).await;
    }
}

#[tokio::test]
async fn not_before_and_issued_at() {
    for forge in Forge::each() {
        let earlier = forge.with_claims(|claims| drop(claims.insert("nbf".to_owned(), (NOW - 10).into())));
        forge.accepts("nbf in the past", &earlier).await;
        let sooner = forge.with_claims(|claims| {
            for name in ["auth_time", "iat", "nbf"] {
                claims.insert(name.to_owned(), (NOW - 10).into());
            }
            claims.insert("exp".to_owned(), (NOW - 10 + LIFETIME).into());
        });
        forge.accepts("iat in the past", &sooner).await;
        for name in ["nbf", "iat", "auth_time"] {
            for at in [NOW + 3_600, NOW + LEEWAY + 1, i64::MAX] {
                let token = forge.with_claims(|claims| drop(claims.insert(name.to_owned(), at.into())));
                forge.refuses(&format!("{name} ahead"), &token).await;
            }
            for text in ["null", "\"1790000000\"", "1790000000.0", "1e400", "18446744073709551616", "true"] {
                forge.refuses(&format!("{name} {text}"), &forge.with_claim_as(name, text)).await;
            }
            forge.refuses(&format!("no {name}"), &forge.with_claims(|claims| drop(claims.remove(name)))).await;
        }
        forge.refuses("a negative nbf", &forge.with_claim_as("nbf", "-1")).await;
        let ended_before = forge.with_claims(|claims| drop(claims.insert("exp".to_owned(), (NOW - 1).into())));
        forge.refuses("exp before iat", &ended_before).await;
    }
}

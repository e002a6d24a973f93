//! Attacks on the claims: missing, with values of another service, of the wrong type, or duplicate.

use serde_json::{Value, json};

use super::forge::Forge;

#[tokio::test]
async fn a_claim_that_is_missing() {
    for forge in Forge::each() {
        forge.accepts("the same claims", &forge.with_claims(|_| {})).await;
        for name in forge.claims().keys() {
            forge.refuses(&format!("no {name}"), &forge.with_claims(|claims| drop(claims.remove(name)))).await;
            let upper = name.to_uppercase();
            let renamed = forge.with_claims(|claims| {
                let value = claims.remove(name).unwrap();
                claims.insert(upper, value);
            });
            forge.refuses(&format!("{name} in capitals"), &renamed).await;
        }
    }
}

#[tokio::test]
async fn a_token_for_somebody_else_or_from_somebody_else() {
    for forge in Forge::each() {
        for name in ["iss", "aud"] {
            let foreign = [
                json!("other"),
                json!("AUTHLAB"),
                json!("authlab "),
                json!("authlab/"),
                json!("authla"),
                json!("authlab2"),
                json!(""),
                json!(["authlab"]),
                json!(["authlab", "other"]),
                json!([]),
                json!({"authlab": 1}),
                json!(1),
                Value::Null,
            ];
            for value in foreign {
                let what = format!("{name} {value}");
                let token = forge.with_claims(|claims| drop(claims.insert(name.to_owned(), value)));
                forge.refuses(&what, &token).await;
            }
        }
    }
}

#[tokio::test]
async fn a_subject_or_an_id_that_is_none() {
    for forge in Forge::each() {
        let with =
            |name: &str, value: &Value| forge.with_claims(|claims| drop(claims.insert(name.to_owned(), value.clone())));
        forge.accepts("an account's id", &with("sub", &json!("9223372036854775807"))).await;
        // An ending is looked up by the id "1", so a token with "01" could not be ended.
        for value in ["", "01", "+1", " 1", "1 ", "1.0", "0x1", "alice", "9223372036854775808", "１"] {
            forge.refuses(&format!("sub {value:?}"), &with("sub", &json!(value))).await;
        }
        for value in [json!("1".repeat(10_000)), json!(1), json!(["1"]), json!(null), json!(true)] {
            forge.refuses("sub of another kind", &with("sub", &value)).await;
        }
        for value in [json!(""), json!(1), json!(null), json!(["a"])] {
            forge.refuses("jti of another kind", &with("jti", &value)).await;
        }
        for value in [json!(1), json!(null), json!(["alice"]), json!({})] {
            forge.refuses("username of another kind", &with("username", &value)).await;
        }
    }
}

#[tokio::test]
async fn items_that_are_none() {
    for forge in Forge::each() {
        let with = |items: &str| {
            let claims = json!(forge.claims()).to_string().replace('}', &format!(",\"items\":{items}}}"));
            forge.signed(&json!(forge.header()).to_string(), &claims)
        };
        for items in ["{}", r#"{"a":{"v":"one"}}"#, r#"{"a":{"v":"one","e":1790000100},"b":{"v":""}}"#] {
            forge.accepts(items, &with(items)).await;
        }
        for items in [
            "null",
            "[]",
            "\"a\"",
            r#"{"a":"one"}"#,
            r#"{"a":["one"]}"#,
            r#"{"a":null}"#,
            r#"{"a":{}}"#,
            r#"{"a":{"v":1}}"#,
            r#"{"a":{"v":"one"},"a":{"v":"two"}}"#,
            r#"{"a":{"v":"one"},"\u0061":{"v":"two"}}"#,
            r#"{"a":{"v":"one","v":"two"}}"#,
            r#"{"a":{"v":"one","e":"soon"}}"#,
            r#"[["a",{"v":"one"}]]"#,
        ] {
            forge.refuses(items, &with(items)).await;
        }
    }
}

/// Two readers of one token could take different values (RFC 7519 §4).
#[tokio::test]
async fn a_claim_that_is_there_twice() {
    for forge in Forge::each() {
        let (header, claims) = (json!(forge.header()).to_string(), json!(forge.claims()).to_string());
        for (name, value) in forge.claims() {
            let escaped = format!("\\u{:04x}{}", name.as_bytes()[0], &name[1..]);
            for twice in
                [format!("\"{name}\":{value}"), format!("\"{name}\":\"other\""), format!("\"{escaped}\":{value}")]
            {
                let first = claims.replacen('{', &format!("{{{twice},"), 1);
                let last = claims.replace('}', &format!(",{twice}}}"));
                for claims in [first, last] {
                    forge.refuses(&format!("{twice} as a duplicate"), &forge.signed(&header, &claims)).await;
                }
            }
            let once = claims.replacen(&format!("\"{name}\""), &format!("\"{escaped}\""), 1);
            forge.accepts("a name with an escape, once", &forge.signed(&header, &once)).await;
        }
        // Names are case-sensitive (RFC 7519 §4), so these are unknown claims, which do not matter.
        let others = claims.replacen('{', "{\"Sub\":\"2\",\"USERNAME\":\"admin\",", 1);
        forge.accepts("names in other letters", &forge.signed(&header, &others)).await;
    }
}

//! Attacks on the header: extensions, nesting, and tokens of another type.

use serde_json::{Value, json};

use super::forge::Forge;

async fn refused(forge: &Forge, member: &str, value: Value) {
    let what = format!("{member}: {value}");
    let token = forge.with_header(|header| drop(header.insert(member.to_owned(), value)));
    forge.refuses(&what, &token).await;
}

#[tokio::test]
async fn an_extension_that_must_be_understood() {
    for forge in Forge::each() {
        forge.accepts("the same header", &forge.with_header(|_| {})).await;
        for critical in [json!(["x"]), json!([]), json!(["exp"]), json!(["b64"]), json!("x"), json!(null), json!([1])] {
            refused(&forge, "crit", critical).await;
        }
        let token = forge.with_header(|header| {
            header.insert("crit".to_owned(), json!(["b64"]));
            header.insert("b64".to_owned(), json!(false));
        });
        forge.refuses("an unencoded payload (RFC 7797)", &token).await;
        refused(&forge, "b64", json!(false)).await;
        refused(&forge, "b64", json!(true)).await;
    }
}

#[tokio::test]
async fn compression_encryption_and_nesting() {
    for forge in Forge::each() {
        refused(&forge, "zip", json!("DEF")).await;
        refused(&forge, "enc", json!("A256GCM")).await;
        refused(&forge, "cty", json!("JWT")).await;
        refused(&forge, "cty", json!("at+jwt")).await;
        refused(&forge, "epk", json!({})).await;
        refused(&forge, "nonce", json!("n")).await;
        refused(&forge, "url", json!("http://127.0.0.1:1")).await;
        refused(&forge, "anything", json!(1)).await;
        let mut nested = forge.genuine.clone();
        for _ in 0..50 {
            nested = forge.key.append_signature(&format!("{}.{}", forge.parts()[0], super::forge::encoded(&nested)));
            forge.refuses("a token in a token", &nested).await;
            nested.truncate(1_000);
        }
        forge.refuses("a token of five parts (JWE)", "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..aaaa.bbbb.cccc").await;
    }
}

/// `typ` is required by RFC 9068 §2.1 and compared by the rules of RFC 7515 §4.1.9.
#[tokio::test]
async fn a_token_of_another_type() {
    for forge in Forge::each() {
        for spelling in ["at+jwt", "application/at+jwt", "AT+JWT", "Application/AT+jwt"] {
            let token = forge.with_header(|header| drop(header.insert("typ".to_owned(), spelling.into())));
            forge.accepts(spelling, &token).await;
        }
        for other in
            ["JWT", "jwt", "rt+jwt", "refresh+jwt", "id+jwt", "logout+jwt", "secevent+jwt", "dpop+jwt", "at jwt"]
        {
            refused(&forge, "typ", json!(other)).await;
        }
        for other in ["", " at+jwt", "at+jwt ", "text/at+jwt", "application/application/at+jwt", "at+jwt;charset=utf-8"]
        {
            refused(&forge, "typ", json!(other)).await;
        }
        for other in [json!(null), json!(1), json!(["at+jwt"]), json!({})] {
            refused(&forge, "typ", other).await;
        }
        forge.refuses("no typ", &forge.with_header(|header| drop(header.remove("typ")))).await;
    }
}

#[tokio::test]
async fn a_header_with_a_member_twice() {
    for forge in Forge::each() {
        let (header, claims) = (json!(forge.header()).to_string(), json!(forge.claims()).to_string());
        let [algorithm, id] = ["alg", "kid"].map(|name| forge.header()[name].clone());
        for twice in [
            format!("\"alg\":{algorithm}"),
            "\"alg\":\"none\"".to_owned(),
            format!("\"\\u0061lg\":{algorithm}"),
            "\"typ\":\"at+jwt\"".to_owned(),
            format!("\"kid\":{id}"),
            "\"Alg\":\"none\"".to_owned(),
        ] {
            for header in [header.replacen('{', &format!("{{{twice},"), 1), header.replace('}', &format!(",{twice}}}"))]
            {
                forge.refuses(&twice, &forge.signed(&header, &claims)).await;
            }
        }
        let escaped = header.replacen("alg", "\\u0061lg", 1);
        forge.accepts("a name with an escape, once", &forge.signed(&escaped, &claims)).await;
    }
}

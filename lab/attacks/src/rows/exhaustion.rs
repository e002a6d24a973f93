//! Requests that cost the service far more than they cost the client.

use std::time::Duration;

use authlab_client::{
    Client,
    expect::{Failure, ensure},
    fresh,
    request::Request,
    visitor::{PASSWORD, account},
};
use http::header;
use tokio::{sync::Mutex, time::Instant};

use super::{Attempt, Played, fell_if};
use crate::wire;

pub(super) async fn send_oversize_heads(attempt: &mut Attempt) -> Played {
    let mut person = attempt.person("attacker").await?;
    let mut heads = vec![
        Request::get("/mine").cookie("big", &"x".repeat(20_000)),
        Request::get("/mine").cookie("big", &"x".repeat(60_000)),
        Request::get(format!("/mine?{}", "x".repeat(20_000))),
        Request::get("/mine").header(header::AUTHORIZATION, &format!("Bearer {}", "x".repeat(40_000))),
        Request::get("/mine").header(header::USER_AGENT, &"x".repeat(30_000)),
    ];
    let many = (0..150).fold(Request::get("/mine"), |request, at| request.header(header::ACCEPT, &at.to_string()));
    heads.push(many);
    for head in heads {
        // The service may also close the connection while the head is sent.
        let Ok(answer) = person.client.once(head).await else { continue };
        fell_if(answer.status < 400, format!("the service accepted a head of {} bytes", answer.bytes_sent))?;
    }
    person.is_logged_in().await?;
    Ok(())
}

/// This many cookies fit into a head that every service reads completely.
const MANY: usize = 3_000;
/// The same cookies split over this many requests. If the time is linear, the sum is equal; if it is quadratic, the sum
/// is a sixteenth.
const PARTS: usize = 16;
/// The maximum factor between one request and all parts together.
const MAX_RATIO: u32 = 4;
/// Rounds of each measurement, since the fastest round counts.
const MIN_ROUNDS: usize = 5;
/// Maximum rounds before a slow service fails the row.
const MAX_ROUNDS: usize = 20;
/// One measurement at a time, because targets measured together would slow each other down.
static ALONE: Mutex<()> = Mutex::const_new(());

pub(super) async fn send_thousands_of_tiny_cookies(attempt: &mut Attempt) -> Played {
    let _alone = ALONE.lock().await;
    let mut attacker = attempt.somebody("attacker");
    for path in ["/mine", "/items"] {
        for different in [false, true] {
            let (mut in_parts, mut at_once) = (Duration::MAX, Duration::MAX);
            for round in 1..=MAX_ROUNDS {
                in_parts = in_parts.min(time_of(&mut attacker, path, PARTS, different).await?);
                at_once = at_once.min(time_of(&mut attacker, path, 1, different).await?);
                if round >= MIN_ROUNDS && at_once <= in_parts * MAX_RATIO {
                    break;
                }
            }
            let [one, all] = [at_once, in_parts].map(|took| took.as_secs_f64() * 1e3);
            let took = format!("{MANY} cookies take {path} {one:.1} ms in one request, and {all:.1} ms in {PARTS}");
            fell_if(at_once > in_parts * MAX_RATIO, took)?;
        }
    }
    Ok(())
}

/// The time to answer this many requests that share all the cookies.
async fn time_of(attacker: &mut Client, path: &str, requests: usize, different: bool) -> Result<Duration, Failure> {
    let name = |at| if different { format!("{at:x}=;") } else { "aa=;".to_owned() };
    let cookies: String = (0..MANY / requests).map(name).collect();
    let request = Request::get(path).header(header::COOKIE, &cookies);
    attacker.connect().await?;
    let mut took = Duration::ZERO;
    for _ in 0..requests {
        let start = Instant::now();
        let answer = attacker.deliver(&request).await?;
        took += start.elapsed();
        attacker.record(&answer);
        answer.ensure(answer.status < 500, "an answer or a refusal")?;
    }
    Ok(took)
}

/// Everything that the service stores in the credential must fit into the next request. Otherwise the client is locked
/// out.
pub(super) async fn grow_the_credential(attempt: &mut Attempt) -> Played {
    const TRIES: usize = 80;
    let mut person = attempt.person("attacker").await?;
    let mut refused = false;
    for at in 0..TRIES {
        let answer = person.put(&format!("grow-{at}"), &"x".repeat(2_500)).await?;
        if answer.status >= 400 {
            refused = true;
            answer.ensure(matches!(answer.status, 413 | 431), "413 with the limit named")?;
            break;
        }
    }
    let answer = person.client.once(Request::get("/mine")).await?;
    let locked_out = format!("{} after the service stored every item: the client is locked out", answer.status);
    fell_if(answer.status != 200, locked_out)?;
    fell_if(!refused, "the service never refuses a further item")
}

/// Passwords over the maximum length. Django once hashed a password of one megabyte for a minute (CVE-2013-1443).
pub(super) async fn hash_an_endless_password(attempt: &mut Attempt) -> Played {
    let mut attacker = attempt.somebody("attacker");
    for length in [2_000, 100_000, 1_000_000] {
        let body = account(&fresh::username("endless"), &"x".repeat(length));
        let answer = attacker.once(Request::post("/register").json(&body)).await?;
        fell_if(answer.status < 400, format!("a password of {length} characters was hashed"))?;
        let answer = attacker.once(Request::post("/login").json(&body)).await?;
        answer.ensure((400..500).contains(&answer.status), "a refusal")?;
    }
    Ok(())
}

/// A request that is never completed must not hold a connection for long.
pub(super) async fn hold_connections_open(attempt: &mut Attempt) -> Played {
    /// The service's default time limit for a head is 10 s.
    const TIMEOUT: Duration = Duration::from_secs(12);
    let half = format!("GET /mine HTTP/1.1\r\nHost: {}\r\nX-Slow: ", attempt.target().authority());
    let (half, nothing) = tokio::join!(
        wire::send(attempt, "slow client", half.as_bytes(), TIMEOUT),
        wire::send(attempt, "silent client", b"", TIMEOUT)
    );
    for (reply, what) in [(half?, "half a request"), (nothing?, "a connection without a request")] {
        let is_open = !reply.closed && reply.status().is_none();
        fell_if(is_open, format!("{what} is still waited for after {} s", TIMEOUT.as_secs()))?;
    }
    attempt.person("somebody else").await?.is_logged_in().await?;
    Ok(())
}

/// Bodies that a lenient JSON parser accepts, or that crash a naive one.
pub(super) async fn send_hostile_json(attempt: &mut Attempt) -> Played {
    let mut person = attempt.person("attacker").await?;
    let deep = |depth: usize| format!(r#"{{"value":{}1{}}}"#, "[".repeat(depth), "]".repeat(depth));
    let bodies: Vec<(&str, Vec<u8>)> = vec![
        ("nested 100,000 deep", deep(100_000).into_bytes()),
        ("a member twice", br#"{"value":"a","value":"b"}"#.to_vec()),
        ("not a number", br#"{"value":NaN}"#.to_vec()),
        ("half a surrogate", br#"{"value":"\ud800"}"#.to_vec()),
        ("a byte order mark", [b"\xef\xbb\xbf".as_slice(), br#"{"value":"a"}"#].concat()),
        ("UTF-16", br#"{"value":"a"}"#.iter().flat_map(|byte| [*byte, 0]).collect()),
        ("two values", br#"{"value":"a"}{"value":"b"}"#.to_vec()),
        ("a comment", br#"{"value":"a"/**/}"#.to_vec()),
        ("no UTF-8", b"{\"value\":\"\xff\"}".to_vec()),
        ("a number of 100,000 digits", format!(r#"{{"value":"a","max_age":{}}}"#, "9".repeat(100_000)).into_bytes()),
        ("four megabytes", format!(r#"{{"value":"{}"}}"#, "x".repeat(4_000_000)).into_bytes()),
    ];
    for (what, body) in bodies {
        let start = Instant::now();
        let answer = person.ask(Request::put("/items/note").body("application/json", body)).await?;
        fell_if(answer.status < 400, format!("JSON with {what} was accepted"))?;
        let took = start.elapsed();
        fell_if(took > Duration::from_secs(2), format!("JSON with {what} took {} ms", took.as_millis()))?;
    }
    declared_but_not_sent(attempt).await?;
    person.is_logged_in().await?;
    Ok(())
}

/// Announces a body of one gigabyte. The service must refuse by the length, or not wait for the body.
async fn declared_but_not_sent(attempt: &Attempt) -> Result<(), Failure> {
    let head = format!(
        "POST /login HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: 1000000000\r\n\r\n{}",
        attempt.target().authority(),
        account("nobody", PASSWORD)
    );
    let reply = wire::send(attempt, "attacker", head.as_bytes(), Duration::from_millis(500)).await?;
    let is_refused = !matches!(reply.status(), Some(200..400));
    ensure(is_refused, "a refusal of an announced gigabyte", || reply.text)
}

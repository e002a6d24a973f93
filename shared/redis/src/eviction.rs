//! Warns once of a Redis that evicts keys when its memory is full, since this ends logins early.

use std::time::Duration;

use redis::{
    Cmd, RedisResult, Value,
    cluster_routing::{MultipleNodeRoutingInfo, RoutingInfo},
    cmd,
};
use tokio::time::sleep;

use super::Link;

/// The only policy under which Redis never deletes keys before they expire.
const NO_EVICTION: &str = "noeviction";
/// Many, since Redis may start after the service.
const MAX_ATTEMPTS: u32 = 600;
const RETRY_INTERVAL: Duration = Duration::from_secs(1);

/// Checks in the background.
pub(super) fn warn(link: Link) {
    tokio::spawn(async move {
        if let Some(policy) = evicting_policy(&link).await {
            tracing::warn!(
                policy,
                "Redis evicts keys when its memory is full, which logs users out; set maxmemory-policy noeviction"
            );
        }
    });
}

/// `None` also if the service may not read the policy: managed services and ACLs forbid it.
async fn evicting_policy(link: &Link) -> Option<String> {
    for _ in 0..MAX_ATTEMPTS {
        let mut answer = ask(link, cmd("INFO").arg("memory")).await;
        if answer.as_ref().is_err_and(|error| !error.is_io_error()) {
            answer = ask(link, cmd("CONFIG").arg("GET").arg("maxmemory-policy")).await;
        }
        match answer {
            Ok(answer) => return evicting(&answer),
            Err(error) if error.is_io_error() => sleep(RETRY_INTERVAL).await,
            Err(_) => return None,
        }
    }
    None
}

async fn ask(link: &Link, question: &Cmd) -> RedisResult<String> {
    let answer = match link {
        Link::Server(server) => server.send(question).await?,
        Link::Cluster(cluster) => {
            let masters = RoutingInfo::MultiNode((MultipleNodeRoutingInfo::AllMasters, None));
            cluster.clone().route_command(question.clone(), masters).await?
        }
    };
    Ok(lines(&answer))
}

/// All texts of an answer of any type, one per line.
fn lines(answer: &Value) -> String {
    match answer {
        Value::BulkString(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Value::SimpleString(text) | Value::VerbatimString { text, .. } => text.clone(),
        Value::Array(values) => values.iter().map(lines).collect::<Vec<_>>().join("\n"),
        Value::Map(pairs) => {
            pairs.iter().map(|(name, value)| [lines(name), lines(value)].join("\n")).collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    }
}

/// The first policy that evicts, in an answer to `INFO memory` or `CONFIG GET maxmemory-policy`.
fn evicting(answer: &str) -> Option<String> {
    let lines: Vec<&str> = answer.lines().map(str::trim).collect();
    let of_info = lines.iter().filter_map(|line| line.strip_prefix("maxmemory_policy:"));
    let of_config = lines.windows(2).filter(|pair| pair[0] == "maxmemory-policy").map(|pair| pair[1]);
    of_info.chain(of_config).find(|policy| *policy != NO_EVICTION).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use redis::Value;

    use super::{evicting, lines};

    #[test]
    fn a_policy_that_evicts_is_found_in_either_answer_of_any_node() {
        let info = |policy: &str| Value::BulkString(format!("maxmemory:0\r\nmaxmemory_policy:{policy}\r\n").into());
        let node = |name: &str, answer| (Value::BulkString(name.into()), answer);
        let cluster = |second: &str| Value::Map(vec![node("a:1", info("noeviction")), node("b:1", info(second))]);
        let config = |policy: &str| Value::Map(vec![node("maxmemory-policy", Value::BulkString(policy.into()))]);
        for (answer, policy) in [
            (info("noeviction"), None),
            (info("volatile-lru"), Some("volatile-lru")),
            (cluster("noeviction"), None),
            (cluster("allkeys-lfu"), Some("allkeys-lfu")),
            (config("noeviction"), None),
            (config("allkeys-random"), Some("allkeys-random")),
            (Value::Nil, None),
        ] {
            assert_eq!(evicting(&lines(&answer)).as_deref(), policy, "{answer:?}");
        }
    }
}

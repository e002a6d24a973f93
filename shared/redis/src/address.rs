//! Parses the URL of a Redis.

use std::{str::FromStr, time::Duration};

use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo as _, ProtocolVersion, io::tcp::TcpSettings};

/// The error for any other URL. It does not repeat the URL, which may contain a password.
const FORMS: &str = "must have the form `redis://[USER:PASSWORD@]HOST:PORT[/DATABASE]`, \
    `redis+sentinel://[USER:PASSWORD@]HOST:PORT,…/NAME[/DATABASE]` or `redis+cluster://[USER:PASSWORD@]HOST:PORT,…` \
    (with TLS: `rediss…`)";

/// TCP gives up a connection if sent data is not acknowledged for this long.
const TCP_USER_TIMEOUT: Duration = Duration::from_secs(2);

#[derive(Clone)]
#[cfg_attr(test, derive(Debug))]
pub(super) enum Address {
    /// One server.
    Server(ConnectionInfo),
    /// The server that these sentinels name as the master of this name. User and password are the master's.
    Sentinels { sentinels: Vec<ConnectionInfo>, name: String, database: i64 },
    /// A cluster; these nodes know the others.
    Cluster(Vec<ConnectionInfo>),
}

impl FromStr for Address {
    type Err = &'static str;

    fn from_str(url: &str) -> Result<Self, Self::Err> {
        let (scheme, rest) = url.split_once("://").ok_or(FORMS)?;
        let (transport, kind) = scheme.split_once('+').unwrap_or((scheme, ""));
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (user, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
        // A fragment would disable the check of certificates.
        if !matches!(transport, "redis" | "rediss") || url.contains('#') {
            return Err(FORMS);
        }
        let node = |host: &str, database: i64| node(&format!("{transport}://{user}@{host}/{database}"));
        let nodes = || hosts.split(',').map(|host| node(host, 0)).collect::<Result<Vec<_>, _>>();
        match (kind, path.split_once('/').unwrap_or((path, ""))) {
            ("", (number, "")) if !hosts.contains(',') => node(hosts, database(number)?).map(Self::Server),
            ("sentinel", (name, number)) if !name.is_empty() => {
                Ok(Self::Sentinels { sentinels: nodes()?, name: name.to_owned(), database: database(number)? })
            }
            ("cluster", ("", "")) => nodes().map(Self::Cluster),
            _ => Err(FORMS),
        }
    }
}

impl Address {
    /// Whether connections use TLS.
    pub(super) fn is_secret(&self) -> bool {
        let first = match self {
            Self::Server(node) => Some(node),
            Self::Sentinels { sentinels: nodes, .. } | Self::Cluster(nodes) => nodes.first(),
        };
        first.is_some_and(|node| matches!(node.addr(), ConnectionAddr::TcpTls { .. }))
    }
}

fn database(number: &str) -> Result<i64, &'static str> {
    if number.is_empty() { Ok(0) } else { number.parse::<u16>().map(i64::from).map_err(|_| FORMS) }
}

/// RESP3 reports a lost connection at once, not at the next request.
fn node(url: &str) -> Result<ConnectionInfo, &'static str> {
    let node = url.into_connection_info().map_err(|_| FORMS)?;
    let settings = node.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
    Ok(node.set_redis_settings(settings).set_tcp_settings(tcp()))
}

pub(super) fn tcp() -> TcpSettings {
    TcpSettings::default().set_nodelay(true).set_user_timeout(TCP_USER_TIMEOUT)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use redis::ConnectionInfo;

    use super::Address;

    fn shown(node: &ConnectionInfo) -> String {
        let settings = node.redis_settings();
        let (user, password) = (settings.username().unwrap_or("-"), settings.password().unwrap_or("-"));
        format!("{} {user} {password} {}", node.addr(), settings.db())
    }

    fn nodes(url: &str) -> (Vec<String>, String) {
        match url.parse::<Address>().unwrap() {
            Address::Server(node) => (vec![shown(&node)], "server".to_owned()),
            Address::Sentinels { sentinels, name, database } => {
                (sentinels.iter().map(shown).collect(), format!("{name} {database}"))
            }
            Address::Cluster(nodes) => (nodes.iter().map(shown).collect(), "cluster".to_owned()),
        }
    }

    #[test]
    fn each_form_is_read() {
        for (url, expected, what) in [
            ("redis://here", vec!["here:6379 - - 0"], "server"),
            ("redis://:p%40ss@[::1]:7000/3", vec!["::1:7000 - p@ss 3"], "server"),
            ("rediss://ann:pw@here:7000/", vec!["here:7000 ann pw 0"], "server"),
            ("redis+sentinel://a:1,b/main", vec!["a:1 - - 0", "b:6379 - - 0"], "main 0"),
            ("rediss+sentinel://u:p@a:1,b:2/main/4", vec!["a:1 u p 0", "b:2 u p 0"], "main 4"),
            ("redis+cluster://a,b:2,c:3", vec!["a:6379 - - 0", "b:2 - - 0", "c:3 - - 0"], "cluster"),
        ] {
            assert_eq!(nodes(url), (expected.into_iter().map(str::to_owned).collect(), what.to_owned()), "{url}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_and_not_repeated() {
        for url in [
            "redis:/secret@here",
            "redis://",
            "redis://:secret@",
            "redis://secret@here/a",
            "redis://here/1/2",
            "redis://here:port",
            "redis://a,b",
            "rediss://:secret@here#insecure",
            "redis+sentinel://:secret@a:1",
            "redis+sentinel://a:1,/name",
            "redis+cluster://a:1/0",
            "redis+unix://secret",
            "http://secret",
            "valkey://secret",
        ] {
            let refusal = url.parse::<Address>().unwrap_err();
            assert!(!refusal.contains("secret"), "{refusal}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange_to_be_refused(url in "(redis|rediss)?(\\+[a-z]*)?(://)?\\PC*") {
            let _ = url.parse::<Address>();
        }

        #[test]
        fn what_is_an_address_names_every_host(hosts in prop::collection::vec("[a-z]{1,9}", 1..6), port in 1..u16::MAX) {
            let list: Vec<String> = hosts.iter().map(|host| format!("{host}:{port}")).collect();
            let expected: Vec<String> = list.iter().map(|host| format!("{host} - - 0")).collect();
            prop_assert_eq!(nodes(&format!("redis+cluster://{}", list.join(","))).0, expected.clone());
            prop_assert_eq!(nodes(&format!("redis+sentinel://{}/main", list.join(","))).0, expected);
        }
    }
}

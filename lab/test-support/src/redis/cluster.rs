//! A Redis cluster: three masters, and a replica of the first that takes over if the first stops.

use std::{io, process::Command};

use super::{
    super::{free_port, programs::done, requirement::or_missing},
    Redis,
};

const MASTERS: usize = 3;

/// Running nodes. They stop and their data is deleted when this value is dropped.
#[derive(Debug)]
pub struct Cluster {
    /// Three masters, then the replica of the first.
    nodes: Vec<Redis>,
}

impl Cluster {
    /// `None` if Redis is not installed.
    pub async fn start() -> Option<Self> {
        or_missing("redis", Self::try_start().await)
    }

    async fn try_start() -> io::Result<Option<Self>> {
        let mut nodes = Vec::new();
        for _ in 0..=MASTERS {
            let bus = free_port()?.to_string();
            let arguments = ["--cluster-enabled", "yes", "--cluster-node-timeout", "1000", "--cluster-port", &bus];
            let Some(node) = Redis::try_start_with(&arguments).await? else { return Ok(None) };
            nodes.push(node);
        }
        let cluster = Self { nodes };
        let masters = cluster.nodes[..MASTERS].iter().map(address).collect::<Vec<_>>();
        let create = ["--cluster", "create", "--cluster-yes"];
        done(Command::new("redis-cli").args(create).args(masters))?;
        agree(cluster.masters()).await?;
        let (first, last) = (&cluster.nodes[0], &cluster.nodes[MASTERS]);
        let id = first.ask("CLUSTER MYID")?;
        let join = ["--cluster", "add-node", &address(last), &address(first), "--cluster-slave", "--cluster-master-id"];
        done(Command::new("redis-cli").args(join).args(id.lines().nth(1)))?;
        last.asked_until("INFO replication", |said| said.contains("master_link_status:up")).await?;
        cluster.agrees().await?;
        Ok(Some(cluster))
    }

    /// The URL with two of the nodes; the client discovers the others.
    pub fn url(&self) -> String {
        format!("redis+cluster://{},{}", address(&self.nodes[1]), address(&self.nodes[2]))
    }

    /// The URL of one node, as if it were a single server.
    pub fn url_of_a_node(&self) -> String {
        self.nodes[0].url()
    }

    pub fn masters(&self) -> impl Iterator<Item = &Redis> {
        self.nodes.iter().take(MASTERS)
    }

    /// Each master's answer to this command.
    pub fn ask(&self, command: &str) -> io::Result<Vec<String>> {
        self.masters().map(|master| master.ask(command)).collect()
    }

    /// Stops the first master at once. Its replica has received all its writes.
    pub async fn stop_first_master(&mut self) -> io::Result<()> {
        self.nodes[MASTERS].has_all_of(&self.nodes[0]).await?;
        self.nodes[0].stop();
        Ok(())
    }

    /// Freezes all nodes: connections stay open, and no command is answered.
    pub fn freeze(&self) {
        self.nodes.iter().for_each(Redis::freeze);
    }

    pub async fn thaw(&self) -> io::Result<()> {
        self.nodes.iter().for_each(Redis::thaw);
        self.agrees().await
    }

    /// Waits until the replica is a master and the others know it.
    pub async fn failed_over(&self) -> io::Result<()> {
        self.nodes[MASTERS].asked_until("ROLE", |said| said.contains("master")).await?;
        self.agrees().await
    }

    async fn agrees(&self) -> io::Result<()> {
        agree(self.nodes.iter().filter(|node| node.ask("PING").is_ok())).await
    }
}

/// Waits until these nodes report that all slots are served.
async fn agree(nodes: impl Iterator<Item = &Redis>) -> io::Result<()> {
    for node in nodes {
        node.asked_until("CLUSTER INFO", |said| said.contains("cluster_state:ok")).await?;
    }
    Ok(())
}

fn address(node: &Redis) -> String {
    node.address().to_string()
}

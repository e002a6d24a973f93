//! The cost of some requests for the server and its store.

use std::{io, time::Duration};

use authlab_results::{Metric, Point};

use super::{
    contender::{Contender, Store},
    fleet::now,
    lanes::Carried,
    record::Recorder,
    server::Server,
    stores::Stores,
};

#[derive(Clone, Copy, Debug)]
pub struct Cost {
    pub server: Duration,
    pub store: Duration,
    pub wall: Duration,
    pub carried: Carried,
}

impl Cost {
    /// The cost of the requests that `carry` sends to this server.
    pub fn of(server: &Server, stores: &Stores, carry: impl FnOnce() -> io::Result<Carried>) -> io::Result<Self> {
        let store = server.contender.store;
        let (server_before, store_before, began) = (server.cpu_time()?, stores.cpu_time(store)?, now());
        let carried = carry()?;
        let wall = began.elapsed();
        let server = server.cpu_time()?.saturating_sub(server_before);
        let store = stores.cpu_time(store)?.saturating_sub(store_before);
        Ok(Self { server, store, wall, carried })
    }

    /// Records the CPU time per request, and that of the store if it runs in separate processes.
    pub fn note(&self, record: &mut Recorder, launch: u32, contender: &Contender, at: &Point) {
        record.push(launch, Metric::ServerCpu, at, self.each(self.server));
        if matches!(contender.store, Store::Redis | Store::Postgres) {
            record.push(launch, Metric::StoreCpu, at, self.each(self.store));
        }
    }

    /// Nanoseconds per request.
    pub fn each(&self, spent: Duration) -> f64 {
        spent.as_secs_f64() * 1e9 / f64::from(self.carried.requests)
    }
}

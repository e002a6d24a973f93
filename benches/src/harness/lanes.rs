//! Connections that each carry one request at a time, in step.

use std::{io, net::SocketAddr};

use super::{
    journey::Play,
    wire::{Connection, request},
};

/// The number of connections is the number of concurrent requests.
#[derive(Debug)]
pub struct Lanes(Vec<Connection>);

/// The bytes of some requests and their answers, heads and bodies.
#[derive(Clone, Copy, Debug, Default)]
pub struct Carried {
    pub requests: u32,
    pub sent: usize,
    pub received: usize,
}

impl Lanes {
    /// Opens these connections and sends one request on each, so that they are warm.
    pub fn open(address: SocketAddr, lanes: u32) -> io::Result<Self> {
        let any = request("GET", "/livez", "", "");
        let open = |_| {
            let mut connection = Connection::open(address)?;
            connection.exchange(&any)?;
            Ok(connection)
        };
        (0..lanes).map(open).collect::<io::Result<_>>().map(Self)
    }

    /// Sends `count` requests: one per connection, then reads and checks all answers.
    pub fn carry(&mut self, play: &mut Play, count: u32) -> io::Result<Carried> {
        let mut carried = Carried::default();
        while carried.requests < count {
            let left = usize::try_from(count - carried.requests).unwrap_or(usize::MAX);
            let now = left.min(self.0.len());
            for (lane, connection) in self.0[..now].iter_mut().enumerate() {
                let request = play.next(lane);
                carried.sent += request.len();
                connection.send(&request)?;
            }
            for (lane, connection) in self.0[..now].iter_mut().enumerate() {
                let answer = connection.answer()?;
                carried.received += answer.bytes();
                play.hear(lane, &answer)?;
                carried.requests += 1;
            }
        }
        Ok(carried)
    }
}

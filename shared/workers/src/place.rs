//! A connection's place at a worker, and its way there.

use std::{
    io, net,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{net::TcpStream, runtime::Handle};

use crate::number;

/// A place for one connection at a worker, until it is dropped.
#[derive(Debug)]
pub struct Place {
    worker: usize,
    runtime: Handle,
    connections: Arc<AtomicUsize>,
}

/// A socket between two workers.
#[derive(Debug)]
pub struct Carried(Socket);

#[derive(Debug)]
enum Socket {
    Here(TcpStream),
    /// A runtime polls only the sockets that were registered with it.
    Unregistered(net::TcpStream),
}

impl Place {
    /// At the worker with this number and runtime, which serves this many connections without it.
    pub(crate) fn new(worker: usize, runtime: Handle, connections: Arc<AtomicUsize>) -> Self {
        connections.fetch_add(1, Ordering::Relaxed);
        Self { worker, runtime, connections }
    }

    /// The number of the worker, from 0.
    pub fn worker(&self) -> usize {
        self.worker
    }

    /// The runtime of the worker.
    pub fn runtime(&self) -> &Handle {
        &self.runtime
    }

    /// Takes a socket of the calling worker, for the worker of this place to [receive](Carried::receive).
    ///
    /// # Errors
    ///
    /// If the system refuses it, which it never does for an open socket.
    pub fn carry(&self, socket: TcpStream) -> io::Result<Carried> {
        let here = self.worker == number();
        Ok(Carried(if here { Socket::Here(socket) } else { Socket::Unregistered(socket.into_std()?) }))
    }
}

impl Carried {
    /// The socket, for the runtime of the caller to poll.
    ///
    /// # Errors
    ///
    /// If the poller takes no further socket.
    pub fn receive(self) -> io::Result<TcpStream> {
        match self.0 {
            Socket::Here(socket) => Ok(socket),
            Socket::Unregistered(socket) => TcpStream::from_std(socket),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connections.fetch_sub(1, Ordering::Relaxed);
    }
}

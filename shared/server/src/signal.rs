//! The signals that stop a service.

use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
};

/// Told once, heard by any number of servers.
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<bool>);

/// Tells it.
#[derive(Debug)]
pub struct Stopper(watch::Sender<bool>);

pub fn stop() -> (Stopper, Stop) {
    let (sender, receiver) = watch::channel(false);
    (Stopper(sender), Stop(receiver))
}

impl Stopper {
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Stop {
    /// Resolves when the stop is told, or when nobody is left who could tell it.
    pub async fn told(mut self) {
        let _ = self.0.wait_for(|stopped| *stopped).await;
    }

    /// What comes of it, or `None` if the stop is told before.
    pub async fn unless_told<T>(self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            done = work => Some(done),
            () = self.told() => None,
        }
    }
}

/// A stop that is told by Ctrl-C or SIGTERM. A second signal ends the process at once.
pub fn on_signals() -> std::io::Result<Stop> {
    let (stopper, stop) = stop();
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::spawn(async move {
        either(&mut interrupt, &mut terminate).await;
        tracing::info!("stopping; once more to stop at once");
        stopper.stop();
        either(&mut interrupt, &mut terminate).await;
        std::process::exit(130);
    });
    Ok(stop)
}

async fn either(one: &mut Signal, other: &mut Signal) {
    tokio::select! {
        _ = one.recv() => {}
        _ = other.recv() => {}
    }
}

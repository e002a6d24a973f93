//! The signals that stop a service.

use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
};

/// A request to stop, which any number of servers can wait for.
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<bool>);

/// The sender of the request to stop.
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
    /// Waits until the stop is requested, or the [`Stopper`] is dropped.
    pub async fn told(mut self) {
        let _ = self.0.wait_for(|stopped| *stopped).await;
    }

    /// The result of `work`, or `None` if the stop is requested first.
    pub async fn unless_told<T>(self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            done = work => Some(done),
            () = self.told() => None,
        }
    }
}

/// A stop requested by Ctrl-C or SIGTERM. A second signal ends the process at once.
pub fn on_signals() -> std::io::Result<Stop> {
    let (stopper, stop) = stop();
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::spawn(async move {
        either(&mut interrupt, &mut terminate).await;
        tracing::info!("stopping; send the signal again to exit at once");
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

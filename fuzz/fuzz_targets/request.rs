//! Raw requests; the fields are the service and the bytes. The service must answer in HTTP or close, without a server
//! fault.

#![no_main]

use std::{io::{ErrorKind, Read as _, Write as _}, net::{Shutdown, SocketAddr, TcpStream}, sync::{LazyLock, mpsc}, thread, time::Duration};

use authlab_clock::Clock;
use authlab_server::signal::stop;
use authlab_service::{Ground, Service, start, settings::{Settings, defaults}};
use authlab_workers::Workers;
use cookie_svc::CookieSettings;
use libfuzzer_sys::fuzz_target;
use session_svc::SessionSettings;
use token_svc::TokenSettings;

/// The three services, on free ports of this machine, while the fuzzer runs.
static SERVICES: LazyLock<[SocketAddr; 3]> = LazyLock::new(|| {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        runtime.expect("a runtime").block_on(serve(&tell));
    });
    told.recv().expect("the services start")
});

async fn serve(tell: &mpsc::Sender<[SocketAddr; 3]>) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut settings = Settings::embedded(folder.path());
    // A short timeout, because half a request is never completed.
    settings.limits.header_timeout = Duration::from_millis(500);
    let ground = Ground::open(&settings, Clock::system()).await.expect("an empty database");
    let (_stopper, stopped) = stop();
    let here = SocketAddr::from(([127, 0, 0, 1], 0));
    let mut addresses = [here; 3];
    macro_rules! serve {
        ($($at:literal $service:ty,)+) => {
            $(let service: $service = defaults(std::convert::identity);
            let started = start(&service, &settings, &ground, here).await.expect(<$service as Service>::NAME);
            addresses[$at] = started.address;
            tokio::spawn(started.run(Workers::here(), stopped.clone()));)+
        };
    }
    serve! { 0 CookieSettings, 1 SessionSettings, 2 TokenSettings, }
    tell.send(addresses).expect("somebody waits");
    std::future::pending::<()>().await;
}

fuzz_target!(|input: &[u8]| {
    let Some((choice, request)) = input.split_first() else { return };
    let address = SERVICES[usize::from(*choice) % SERVICES.len()];
    let mut stream = TcpStream::connect(address).expect("the service goes on accepting");
    stream.set_read_timeout(Some(Duration::from_secs(9))).expect("a timeout");
    // The service may answer and close before it has read everything.
    let _ = stream.write_all(request);
    let _ = stream.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    if let Err(error) = stream.read_to_end(&mut answer) {
        assert_eq!(error.kind(), ErrorKind::ConnectionReset, "neither answered nor hung up on: {error}");
    }
    // The answer must be complete HTTP, and no server fault.
    if answer.is_empty() {
        return;
    }
    let text = String::from_utf8_lossy(&answer);
    assert!(text.starts_with("HTTP/1.") && text.contains("\r\n\r\n"), "no HTTP: {text}");
    for line in text.lines().filter(|line| line.starts_with("HTTP/1.")) {
        let status: u16 = line.get(9..12).and_then(|code| code.parse().ok()).unwrap_or(0);
        assert!((100..500).contains(&status) || matches!(status, 501 | 503), "{line}");
    }
});

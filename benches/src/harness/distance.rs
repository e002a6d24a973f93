//! Simulates a distant store by delaying its answers.

use std::{
    io::{self, Read as _, Write as _},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use super::fleet::now;

/// A proxy's address for the store. Each answer arrives `delay` later, and answers do not delay each other.
pub fn further_away(store: SocketAddr, delay: Duration) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    // The listener runs until the benches end; a proxied connection ends when either side closes it.
    thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let _ = between(client, store, delay);
        }
    });
    Ok(address)
}

fn between(client: TcpStream, store: SocketAddr, delay: Duration) -> io::Result<()> {
    let store = TcpStream::connect(store)?;
    client.set_nodelay(true)?;
    store.set_nodelay(true)?;
    let (mut asking, mut asked) = (client.try_clone()?, store.try_clone()?);
    thread::spawn(move || {
        let _ = io::copy(&mut asking, &mut asked);
        let _ = asked.shutdown(Shutdown::Write);
    });
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || receive(store, delay, &sender));
    thread::spawn(move || deliver(client, &receiver));
    Ok(())
}

fn receive(mut store: TcpStream, delay: Duration, sender: &mpsc::Sender<(Instant, Vec<u8>)>) {
    let mut buffer = [0; 16_384];
    while let Ok(count @ 1..) = store.read(&mut buffer) {
        if sender.send((now() + delay, buffer[..count].to_vec())).is_err() {
            break;
        }
    }
}

fn deliver(mut client: TcpStream, receiver: &mpsc::Receiver<(Instant, Vec<u8>)>) {
    for (due, bytes) in receiver {
        thread::sleep(due.saturating_duration_since(now()));
        if client.write_all(&bytes).is_err() {
            break;
        }
    }
    let _ = client.shutdown(Shutdown::Both);
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read as _, Write as _},
        net::{TcpListener, TcpStream},
        thread,
        time::Duration,
    };

    use super::{further_away, now};

    #[test]
    fn answers_arrive_later_and_in_order() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let store = listener.local_addr().expect("it has an address");
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("somebody connects");
            let mut asked = [0; 3];
            stream.read_exact(&mut asked).expect("they ask");
            stream.write_all(&asked).expect("they listen");
        });
        let delay = Duration::from_millis(20);
        let mut stream = TcpStream::connect(further_away(store, delay).expect("a port is free")).expect("it listens");
        let asked = now();
        stream.write_all(b"one").expect("it listens");
        let mut answer = [0; 3];
        stream.read_exact(&mut answer).expect("it answers");
        assert_eq!(&answer, b"one");
        assert!(asked.elapsed() >= delay);
    }
}

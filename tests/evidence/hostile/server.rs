//! A server that reads a request, or none, and sends any reply.

use std::{
    io::{self, Read as _, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// Sends a reply; fails if the client has closed the connection.
pub(super) trait Reply:
    Fn(&mut TcpStream) -> io::Result<()> + Send + Sync + 'static
{
}

impl<T: Fn(&mut TcpStream) -> io::Result<()> + Send + Sync + 'static> Reply for T {}

/// Runs until it is dropped.
pub(super) struct Server {
    address: SocketAddr,
    is_over: Arc<AtomicBool>,
    connections: Arc<AtomicUsize>,
}

impl Server {
    /// Reads a request before each reply.
    pub(super) fn start(reply: Arc<impl Reply>) -> Self {
        Self::without_request(move |stream| {
            read_request(stream)?;
            reply(stream)
        })
    }

    /// Replies to each connection at once.
    pub(super) fn without_request(reply: impl Reply) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (is_over, connections) = (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
        let server =
            Self { address, is_over: Arc::clone(&is_over), connections: Arc::clone(&connections) };
        let reply = Arc::new(reply);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if is_over.load(Ordering::SeqCst) {
                    break;
                }
                let Ok(mut stream) = stream else { continue };
                connections.fetch_add(1, Ordering::SeqCst);
                let reply = Arc::clone(&reply);
                thread::spawn(move || {
                    stream.set_write_timeout(Some(Duration::from_secs(60))).unwrap();
                    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
                    // The client may close the connection early.
                    let _ = reply(&mut stream);
                    let _ = stream.shutdown(Shutdown::Write);
                    // Closing with unread bytes would reset the connection.
                    let _ = stream.set_read_timeout(Some(Duration::from_millis(200)));
                    let _ = io::copy(&mut stream.take(1 << 20), &mut io::sink());
                });
            }
        });
        server
    }

    pub(super) fn url(&self, scheme: &str) -> String {
        format!("{scheme}://{}/", self.address)
    }

    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        // Wakes the listener.
        let _ = TcpStream::connect(self.address);
    }
}

/// Reads a request with its body.
fn read_request(stream: &mut TcpStream) -> io::Result<()> {
    let mut read = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let end = read.windows(4).position(|bytes| bytes == b"\r\n\r\n");
        if let Some(end) = end {
            let head = String::from_utf8_lossy(&read[..end]).to_ascii_lowercase();
            let length = head.split("content-length: ").nth(1);
            let length = length.and_then(|rest| rest.lines().next()?.parse().ok());
            if read.len() >= end + 4 + length.unwrap_or(0) {
                return Ok(());
            }
        }
        match stream.read(&mut buffer)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => read.extend(&buffer[..count]),
        }
    }
}

/// Sends these bytes.
pub(super) fn bytes(bytes: impl Into<Vec<u8>>) -> impl Reply {
    let bytes = bytes.into();
    move |stream: &mut TcpStream| stream.write_all(&bytes)
}

/// Sends `first`, and then repeats `then` for at least `most` bytes.
pub(super) fn endless(
    first: impl Into<Vec<u8>>,
    then: impl Into<Vec<u8>>,
    most: u64,
) -> impl Reply {
    let (first, mut then) = (first.into(), then.into());
    then = then.repeat((64 << 10) / then.len() + 1);
    move |stream: &mut TcpStream| {
        stream.write_all(&first)?;
        let mut sent = 0;
        while sent < most {
            stream.write_all(&then)?;
            sent += then.len() as u64;
        }
        Ok(())
    }
}

/// Sends `first`, and then repeats `then` a byte at a time, for two minutes at most.
pub(super) fn dripping(first: impl Into<Vec<u8>>, then: impl Into<Vec<u8>>) -> impl Reply {
    let (first, then) = (first.into(), then.into());
    move |stream: &mut TcpStream| {
        stream.set_nodelay(true)?;
        stream.write_all(&first)?;
        let start = Instant::now();
        for byte in then.iter().cycle() {
            if start.elapsed() > Duration::from_secs(120) {
                break;
            }
            stream.write_all(&[*byte])?;
            thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }
}

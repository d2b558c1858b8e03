//! A program that takes deliveries, in good times and bad.

use std::{
    io::{BufReader, ErrorKind, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use crate::server::{Request, read};

/// How it behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mood {
    Good,
    /// Good after so many milliseconds.
    Slow(u64),
    /// This status.
    Status(u16),
    /// Takes the request and dies: the connection breaks.
    Dies,
}

/// A request, and the status that it was answered with; none: the connection broke.
pub(super) type Taken = (Request, Option<u16>);

pub(super) struct Target {
    port: u16,
    mood: Arc<Mutex<Mood>>,
    taken: Arc<Mutex<Vec<Taken>>>,
    up: Option<(Arc<AtomicBool>, JoinHandle<()>)>,
}

impl Target {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut target = Self {
            port: listener.local_addr().unwrap().port(),
            mood: Arc::new(Mutex::new(Mood::Good)),
            taken: Arc::default(),
            up: None,
        };
        target.serve(listener);
        target
    }

    pub(super) fn url(&self) -> String {
        format!("http://localhost:{}/webhooks?a=b", self.port)
    }

    pub(super) fn is(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    pub(super) fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }

    /// Nothing listens any more.
    pub(super) fn goes_down(&mut self) {
        if let Some((is_up, thread)) = self.up.take() {
            is_up.store(false, Ordering::SeqCst);
            thread.join().unwrap();
        }
    }

    pub(super) fn comes_back(&mut self) {
        let address = ("127.0.0.1", self.port);
        let listener = loop {
            match TcpListener::bind(address) {
                Ok(listener) => break listener,
                Err(problem) if problem.kind() == ErrorKind::AddrInUse => {
                    thread::sleep(Duration::from_millis(20));
                }
                Err(problem) => panic!("{problem}"),
            }
        };
        self.serve(listener);
    }

    fn serve(&mut self, listener: TcpListener) {
        let is_up = Arc::new(AtomicBool::new(true));
        let (up, mood, taken) = (is_up.clone(), self.mood.clone(), self.taken.clone());
        listener.set_nonblocking(true).unwrap();
        let thread = thread::spawn(move || {
            let mut open: Vec<TcpStream> = Vec::new();
            while up.load(Ordering::SeqCst) {
                match listener.accept() {
                    Ok((stream, _)) => {
                        stream.set_nonblocking(false).unwrap();
                        open.push(stream.try_clone().unwrap());
                        let (mood, taken) = (mood.clone(), taken.clone());
                        thread::spawn(move || connection(&stream, &mood, &taken));
                    }
                    Err(_) => thread::sleep(Duration::from_millis(2)),
                }
            }
            for stream in open {
                let _ = stream.shutdown(Shutdown::Both);
            }
        });
        self.up = Some((is_up, thread));
    }
}

fn connection(stream: &TcpStream, mood: &Mutex<Mood>, taken: &Mutex<Vec<Taken>>) -> Option<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let request = read(&mut reader)?;
        let now = *mood.lock().unwrap();
        let status = match now {
            Mood::Good => Some(204),
            Mood::Slow(ms) => {
                thread::sleep(Duration::from_millis(ms));
                Some(200)
            }
            Mood::Status(status) => Some(status),
            Mood::Dies => None,
        };
        let Some(status) = status else {
            taken.lock().unwrap().push((request, None));
            let _ = stream.shutdown(Shutdown::Both);
            return None;
        };
        // A redirect would lead to the same server.
        let answer =
            format!("HTTP/1.1 {status} x\r\nlocation: /other\r\ncontent-length: 0\r\n\r\n");
        let sent = (&*stream).write_all(answer.as_bytes());
        let status = sent.is_ok().then_some(status);
        taken.lock().unwrap().push((request, status));
        status?;
    }
}

//! Listens on loopback, and answers until it is stopped.

use std::{
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use operator::Stop;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::timeout,
};

use crate::{
    app::{App, Console, Settings},
    guard::Guard,
    limits::Limits,
    pages,
    patient::Patient,
    running::Running,
    session::{Host, Session},
};

/// How long open answers get to end.
const LAST_ANSWERS: Duration = Duration::from_secs(2);

/// A console that listens.
pub struct Opened {
    listeners: Vec<TcpListener>,
    guard: Arc<Guard>,
    app: App,
    running: Running,
}

/// Listens. A port in use is an error: another port would surprise.
pub async fn open(settings: Settings) -> io::Result<Opened> {
    open_with(settings, Limits::default()).await
}

pub(crate) async fn open_with(settings: Settings, limits: Limits) -> io::Result<Opened> {
    let first = TcpListener::bind((Ipv4Addr::LOCALHOST, settings.port)).await?;
    let port = first.local_addr()?.port();
    let mut listeners = vec![first];
    if settings.host == Host::OfItsOwn {
        // A browser looks for such a name at ::1 too. If another program listened there, it
        // would get the address that opens the console.
        match TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await {
            Ok(second) => listeners.push(second),
            Err(problem) if problem.kind() == io::ErrorKind::AddrInUse => return Err(problem),
            // This machine has no IPv6.
            Err(_) => {}
        }
    }
    let session = Session::new(settings.host, port)
        .map_err(|_| io::Error::other("the system has no random numbers"))?;
    let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, port)).to_string();
    Ok(Opened {
        listeners,
        guard: Arc::new(Guard { session, loopback }),
        app: Arc::new(Console::new(settings, limits)),
        running: Running::default(),
    })
}

impl Opened {
    /// The address that opens the console, once.
    pub fn url(&self) -> String {
        self.guard.session.opening_url().unwrap_or_default()
    }

    /// Answers until it is stopped. A change that runs is done first.
    pub async fn serve(self) {
        let stop = self.app.stop.clone();
        let router = pages::router(&self.app, &self.guard, &self.running);
        let connections = Connections {
            router,
            limits: self.app.limits,
            free: Arc::new(Semaphore::new(self.app.limits.connections)),
            graceful: GracefulShutdown::new(),
        };
        let listeners = self.listeners.iter();
        let accepting = listeners.map(|listener| connections.accept(listener, &stop));
        futures_util::future::join_all(accepting).await;
        if !self.running.is_idle() || !self.app.jobs.is_idle() {
            self.app.log("a change runs: the console ends after it");
        }
        self.running.ended().await;
        self.app.jobs.ended().await;
        // What is left is a stream or a slow reader: nothing is lost with it.
        let _ = timeout(LAST_ANSWERS, connections.graceful.shutdown()).await;
    }
}

struct Connections {
    router: Router,
    limits: Limits,
    free: Arc<Semaphore>,
    graceful: GracefulShutdown,
}

impl Connections {
    async fn accept(&self, listener: &TcpListener, stop: &Stop) {
        loop {
            let next = async {
                let accepted = listener.accept().await;
                // Not before: the other listener would hold a place for nobody.
                (accepted, Arc::clone(&self.free).acquire_owned().await)
            };
            let next = tokio::select! {
                next = next => next,
                () = stop.wait() => return,
            };
            match next {
                (Ok((stream, _)), Ok(place)) => self.serve(stream, place),
                // Too many open files, or a connection that was gone at once.
                _ => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }

    fn serve(&self, stream: TcpStream, place: impl Send + 'static) {
        // Small answers are not held back to be sent with others.
        let _ = stream.set_nodelay(true);
        let service = TowerToHyperService::new(self.router.clone());
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.limits.head)
            .max_buf_size(self.limits.head_bytes)
            .serve_connection(
                TokioIo::new(Patient::new(stream, self.limits.unread)),
                service,
            );
        let connection = self.graceful.watch(connection);
        tokio::spawn(async move {
            // A browser that goes away is no error.
            let _ = connection.await;
            drop(place);
        });
    }
}

//! One connection, which makes progress while somebody waits for it.

use std::{
    fmt,
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request, Response,
    body::{Frame, Incoming},
    client::conn::http1::{self, SendRequest},
    rt::{Read, Write},
};
use hyper_util::rt::TokioIo;

/// A connection. It has no task of its own: who waits for its answer drives it. With several
/// threads, a task on another one would have to be woken for every request and every answer.
pub(crate) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    /// `None`: the connection is over.
    driver: Option<Driver>,
}

type Driver = Pin<Box<dyn Future<Output = Result<(), hyper::Error>> + Send>>;

impl Connection {
    pub(crate) async fn over<I>(stream: I) -> Result<Self, hyper::Error>
    where
        TokioIo<I>: Read + Write + Send + Unpin + 'static,
    {
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        Ok(Self {
            sender,
            driver: Some(Box::pin(connection)),
        })
    }

    pub(crate) async fn send(
        &mut self,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, hyper::Error> {
        driven(&mut self.driver, self.sender.send_request(request)).await
    }

    /// The next part of an answer that came on this connection; `None` at its end.
    pub(crate) async fn frame(
        &mut self,
        body: &mut Incoming,
    ) -> Option<Result<Frame<Bytes>, hyper::Error>> {
        driven(&mut self.driver, body.frame()).await
    }

    /// Waits until it can take a request. `false`: never.
    pub(crate) async fn is_ready(&mut self) -> bool {
        driven(&mut self.driver, self.sender.ready()).await.is_ok()
    }

    /// Whether it can take a request now, as far as is known.
    pub(crate) fn is_open(&mut self) -> bool {
        drive(&mut self.driver, &mut Context::from_waker(Waker::noop()));
        self.driver.is_some() && self.sender.is_ready()
    }
}

/// Works on it, and on the connection that it waits for.
async fn driven<T>(driver: &mut Option<Driver>, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    std::future::poll_fn(|context| {
        let polled = work.as_mut().poll(context);
        if polled.is_ready() {
            return polled;
        }
        // What came is there when the work looks once more.
        drive(driver, context);
        work.as_mut().poll(context)
    })
    .await
}

/// How a connection failed is what its request says.
fn drive(driver: &mut Option<Driver>, context: &mut Context<'_>) {
    let polled = driver.as_mut().map(|driver| driver.as_mut().poll(context));
    if matches!(polled, Some(Poll::Ready(_))) {
        *driver = None;
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").finish_non_exhaustive()
    }
}

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use domain::Timestamp;
use operator::{Stack, Stop};
use tokio::{sync::watch, task::JoinHandle};

use super::{
    client::{Answer, exchange},
    cloud::Cloud,
};
use crate::{app::Settings, limits::Limits, server::open_with, session::Host};

pub(super) const CALLER: &str = "arn:aws:sts::123456789012:assumed-role/on-call/zoe";

/// A console that listens, in this process.
pub(crate) struct Server {
    pub(super) address: SocketAddr,
    /// The name of the session, with its port.
    pub(super) host: String,
    pub(super) token: String,
    /// What it said on the terminal.
    pub(super) said: Arc<Mutex<Vec<String>>>,
    pub(super) cloud: Cloud,
    end: watch::Sender<bool>,
    pub(super) task: JoinHandle<()>,
}

/// How it is started.
pub(crate) struct Way {
    pub(super) operate: bool,
    pub(super) host: Host,
    pub(super) limits: Limits,
    /// How the stack describes itself.
    pub(super) stack: String,
    /// Whether it shows what endpoints redact.
    pub(super) reveal: bool,
}

impl Default for Way {
    fn default() -> Self {
        Self {
            operate: false,
            host: Host::OfItsOwn,
            limits: Limits::default(),
            stack: testkit::STACK.to_owned(),
            reveal: false,
        }
    }
}

impl Way {
    pub(super) fn operating() -> Self {
        Self {
            operate: true,
            ..Self::default()
        }
    }

    /// With subscriptions that `deliver` reads.
    pub(super) fn delivering() -> Self {
        Self {
            stack: testkit::delivered_stack(),
            ..Self::operating()
        }
    }
}

fn now() -> Timestamp {
    "2026-11-26T19:30:02.418Z".parse().unwrap()
}

impl Server {
    pub(crate) async fn start(way: Way) -> Self {
        Self::at(0, way).await.unwrap()
    }

    /// At this port.
    pub(super) async fn at(port: u16, way: Way) -> io::Result<Self> {
        let cloud = Cloud::of(way.stack).await;
        let sdk = aws::operator::sdk_at(&cloud.url);
        let region = "eu-central-1".to_owned();
        let stack = Stack::find("coatcheck", (sdk, region), None, now)
            .await
            .unwrap();
        let stack = if way.reveal { stack.revealed() } else { stack };
        let said = Arc::new(Mutex::new(Vec::new()));
        let (end, ended) = watch::channel(false);
        let lines = Arc::clone(&said);
        let settings = Settings {
            stack,
            caller: CALLER.to_owned(),
            operate: way.operate,
            host: way.host,
            port,
            say: Box::new(move |line| lines.lock().unwrap().push(line.to_owned())),
            stop: Stop::new(ended),
        };
        let opened = open_with(settings, way.limits).await?;
        let url = opened.url();
        let (host, token) = url
            .strip_prefix("http://")
            .and_then(|rest| rest.split_once("/?token="))
            .unwrap();
        let port = host.rsplit(':').next().unwrap().parse().unwrap();
        cloud.forget();
        Ok(Self {
            address: SocketAddr::from(([127, 0, 0, 1], port)),
            host: host.to_owned(),
            token: token.to_owned(),
            said,
            cloud,
            end,
            task: tokio::spawn(opened.serve()),
        })
    }

    /// Opens the session, and returns the cookie.
    pub(super) async fn cookie(&self) -> String {
        let answer = self.get(&format!("/?token={}", self.token), "").await;
        assert_eq!(answer.status, 303, "{answer:?}");
        let set = answer.header("set-cookie").unwrap();
        set.split(';').next().unwrap().to_owned()
    }

    /// GETs a path at the session's host, with more lines in its head.
    pub(super) async fn get(&self, path: &str, more: &str) -> Answer {
        self.send("GET", path, &format!("Host: {}\r\n{more}", self.host), "")
            .await
    }

    /// Sends anything.
    pub(super) async fn send(&self, method: &str, path: &str, head: &str, body: &str) -> Answer {
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nConnection: close\r\nContent-Length: {length}\r\n{head}\r\n{body}"
        );
        exchange(self.address, &request).await
    }

    /// POSTs a form as the console's own pages do.
    pub(super) async fn post(&self, path: &str, cookie: &str, body: &str) -> Answer {
        let host = &self.host;
        let head = format!(
            "Host: {host}\r\nOrigin: http://{host}\r\nCookie: {cookie}\r\nSec-Fetch-Site: same-origin\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n"
        );
        self.send("POST", path, &head, body).await
    }

    /// What it said on the terminal.
    pub(super) fn said(&self) -> Vec<String> {
        self.said.lock().unwrap().clone()
    }

    /// Asks it to end, as Ctrl-C does.
    pub(super) fn stop(&self) {
        self.end.send_replace(true);
    }
}

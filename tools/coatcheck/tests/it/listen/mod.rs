//! `coatcheck listen`, with a real program as the target and real kills.

mod chaos;
mod cloud;
mod deliveries;
mod target;

use std::{
    path::Path,
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use domain::Timestamp;

use self::{cloud::Cloud, target::Target};

#[expect(clippy::disallowed_methods, reason = "the binary reads the same clock")]
fn now() -> Timestamp {
    Timestamp::now()
}

/// A listener that remembers its place in this folder.
fn listen(cloud: &Cloud, home: &Path, to: &str, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coatcheck"));
    command
        .args(["listen", "--to", to])
        .args(args)
        .env_clear()
        .env("HOME", home)
        .env("AWS_ACCESS_KEY_ID", "a")
        .env("AWS_SECRET_ACCESS_KEY", "b")
        .env("AWS_REGION", "eu-central-1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_ENDPOINT_URL", &cloud.url)
        // The way to AWS; no delivery to `localhost` may take it.
        .env("http_proxy", "http://127.0.0.1:9")
        .env("NO_PROXY", "127.0.0.1")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// A listener that runs; it does not outlive its test.
struct Running(Option<Child>);

impl Running {
    fn start(mut command: Command) -> Self {
        Self(Some(command.spawn().unwrap()))
    }

    fn child(&mut self) -> &mut Child {
        self.0.as_mut().unwrap()
    }

    fn kill(mut self) {
        self.child().kill().unwrap();
        self.child().wait().unwrap();
    }

    /// Ctrl-C, and what follows.
    fn interrupt(mut self) -> Output {
        let id = self.child().id().to_string();
        let kill = Command::new("kill").args(["-INT", &id]).status();
        assert!(kill.unwrap().success());
        self.end(Duration::from_secs(10))
    }

    /// The end, which must come.
    fn end(mut self, within: Duration) -> Output {
        let started = Instant::now();
        while self.child().try_wait().unwrap().is_none() {
            assert!(started.elapsed() < within, "no end");
            std::thread::sleep(Duration::from_millis(10));
        }
        self.0.take().unwrap().wait_with_output().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Runs to the end.
fn run(command: Command) -> Output {
    Running::start(command).end(Duration::from_secs(30))
}

/// Waits until something holds.
fn until(what: &str, holds: impl Fn() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_secs(60), "never: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The bodies that were answered 2xx.
fn delivered(target: &Target) -> Vec<String> {
    let taken = target.taken().into_iter();
    let good =
        taken.filter(|(_, status)| status.is_some_and(|status| (200..300).contains(&status)));
    good.map(|(request, _)| String::from_utf8(request.body).unwrap())
        .collect()
}

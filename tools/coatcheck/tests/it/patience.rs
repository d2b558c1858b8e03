//! A server that takes a connection and never answers: the command says what it waits for.

use std::{
    io::{BufRead, BufReader},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use crate::{provider::SECRET, run::Folder};

/// When the command line is to speak, and how long a slow machine may take to get there.
const TELLS_AFTER: Duration = Duration::from_secs(5);
const MARGIN: Duration = Duration::from_secs(15);

/// Takes connections, and keeps them open without a word.
fn silent_server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        let taken: Vec<TcpStream> = listener.incoming().map_while(Result::ok).collect();
        drop(taken);
    });
    url
}

/// Killed whatever becomes of the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The first line on standard error that contains this, and when it was printed.
fn first_line(mut command: Command, holding: &str) -> Option<(String, Duration)> {
    let begun = Instant::now();
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut running = Running(child);
    let (tell, lines) = mpsc::channel();
    let stderr = running.0.stderr.take().unwrap();
    thread::spawn(move || {
        let lines = BufReader::new(stderr).lines().map_while(Result::ok);
        lines.for_each(|line| drop(tell.send(line)));
    });
    loop {
        let left = (TELLS_AFTER + MARGIN).checked_sub(begun.elapsed())?;
        let line = lines.recv_timeout(left).ok()?;
        if line.contains(holding) {
            return Some((line, begun.elapsed()));
        }
    }
}

fn coatcheck(folder: &Folder, args: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coatcheck"));
    command.args(args.split(' ')).current_dir(folder.path());
    command
}

#[test]
fn after_five_seconds_it_says_which_answer_it_waits_for() {
    let url = silent_server();
    let folder = Folder::new("patience");
    folder.write("secret", SECRET);
    let mut looks = coatcheck(&folder, "events ls --region eu-central-1");
    looks
        .env("AWS_ENDPOINT_URL", &url)
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        .env_remove("AWS_PROFILE");
    let sends = format!(
        "send --url {url}/v1/hooks/test --scheme github --secret-file secret --type push --size 2KB"
    );
    for (command, what) in [
        (looks, "DynamoDB"),
        (coatcheck(&folder, &sends), "/v1/hooks/test"),
    ] {
        let (line, after) = first_line(command, "still waiting for").expect(what);
        assert!(line.contains(what) && line.contains(&url), "{line}");
        assert!(after >= TELLS_AFTER, "{after:?}");
    }
}

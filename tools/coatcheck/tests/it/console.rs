//! `coatcheck console` as a process: its address, its port, its end.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Output, Stdio},
};

use serde_json::json;

use crate::server::Server;

const CALLER: &str = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
    <GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/zoe</Arn>\
    <UserId>A</UserId><Account>123456789012</Account></GetCallerIdentityResult>\
    </GetCallerIdentityResponse>";

/// A cloud that knows the stack, and then the caller.
fn cloud() -> Server {
    let item = json!({ "Item": { "stack": { "S": testkit::STACK } } });
    Server::new(&[(200, item.to_string().leak()), (200, CALLER)])
}

fn start(cloud: &Server, port: u16) -> Child {
    Command::new(env!("CARGO_BIN_EXE_coatcheck"))
        .args(["console", "--no-open", "--region", "eu-central-1", "--port"])
        .arg(port.to_string())
        .env("AWS_ENDPOINT_URL", &cloud.url)
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_CONFIG_FILE", "/dev/null")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn it_prints_its_address_and_ends_with_ctrl_c() {
    let cloud = cloud();
    let mut child = start(&cloud, 0);
    let mut url = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut url).unwrap();
    let (host, token) = url
        .trim_end()
        .strip_prefix("http://")
        .and_then(|rest| rest.split_once("/?token="))
        .unwrap();
    assert!(
        host.starts_with("c-") && host.contains(".localhost:"),
        "{url}"
    );
    assert_eq!(token.len(), 64);
    let address = format!("127.0.0.1:{}", host.rsplit(':').next().unwrap());
    let mut stream = TcpStream::connect(&address).unwrap();
    write!(
        stream,
        "GET /dlqs HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(
        answer.contains(&format!("location: http://{host}/dlqs\r\n")),
        "{answer}"
    );
    let pid = child.id().to_string();
    Command::new("kill").args(["-INT", &pid]).status().unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(said(&output).contains("read-only"), "{}", said(&output));
}

#[test]
fn a_port_in_use_is_said_and_no_other_is_taken() {
    let cloud = cloud();
    let used = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = used.local_addr().unwrap().port();
    let output = start(&cloud, port).wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let text = format!("port {port} is in use: end what uses it, or pass another --port");
    assert!(said(&output).contains(&text), "{}", said(&output));
    assert!(output.stdout.is_empty());
}

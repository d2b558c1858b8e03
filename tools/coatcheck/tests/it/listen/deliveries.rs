use std::{fs, io::Write, time::Duration};

use domain::{Headers, SignedDuration};
use serde_json::Value;

use super::{
    Running,
    cloud::{Cloud, Stored},
    delivered, listen, now, run,
    target::{Mood, Target},
    until,
};

const ONCE: [&str; 3] = ["--once", "--since", "1h"];

fn json(headers: &Headers) -> String {
    serde_json::to_string(headers).unwrap()
}

#[test]
fn a_program_gets_what_the_provider_sent() {
    let cloud = Cloud::start();
    let target = Target::start();
    let body: Vec<u8> = (0..=255).cycle().take(10_000_000).collect();
    let signature = [("x-hub-signature-256", "sha256=00")];
    let others = [
        ("x-github-event", "push"),
        ("user-agent", "GitHub-Hookshot/1"),
        ("x-two", "1"),
        ("x-two", "2"),
        // Kept by a stack that somebody else configured.
        ("content-length", "5"),
        ("host", "hooks.example.com"),
    ];
    cloud.add(Stored {
        content_type: "application/octet-stream",
        metadata: vec![
            ("signature-headers", json(&Headers::from_pairs(signature))),
            ("other-headers", json(&Headers::from_pairs(others))),
        ],
        ..Stored::new("github/1", now(), body.clone())
    });
    let home = tempfile::tempdir().unwrap();
    let output = run(listen(&cloud, home.path(), &target.url(), &ONCE));
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let (request, _) = target.taken().remove(0);
    assert_eq!(request.line, "POST /webhooks?a=b HTTP/1.1");
    assert!(request.body == body, "other bytes");
    assert_eq!(request.header("content-type"), "application/octet-stream");
    assert_eq!(request.header("content-length"), "10000000");
    assert!(request.header("host").starts_with("localhost:"));
    assert_eq!(request.header("user-agent"), "GitHub-Hookshot/1");
    assert_eq!(request.header("x-hub-signature-256"), "sha256=00");
    assert_eq!(request.header("x-github-event"), "push");
    assert_eq!(
        request.headers.get_all("x-two").collect::<Vec<_>>(),
        ["1", "2"]
    );
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("204") && text.contains("10.0 MB") && text.contains("github/1"),
        "{text}"
    );
}

/// Its pointer is all there is.
#[test]
fn a_program_gets_a_payload_that_has_no_object() {
    let cloud = Cloud::start();
    let target = Target::start();
    let body: Vec<u8> = (0..=255).collect();
    let signature = Headers::from_pairs([("x-hub-signature-256", "sha256=00")]);
    cloud.add(Stored {
        inline: true,
        metadata: vec![("signature-headers", json(&signature))],
        ..Stored::new("github/1", now(), body.clone())
    });
    let home = tempfile::tempdir().unwrap();
    let output = run(listen(&cloud, home.path(), &target.url(), &ONCE));
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let (request, _) = target.taken().remove(0);
    assert_eq!(request.body, body);
    assert_eq!(request.header("x-hub-signature-256"), "sha256=00");
    assert!(!cloud.inside().calls.contains("GET"), "S3 was asked");
}

#[test]
fn a_selection_is_delivered_and_each_selection_has_its_own_place() {
    let cloud = Cloud::start();
    let target = Target::start();
    let config = r#"{"name":"a","scheme":"github"}"#;
    for name in ["a", "b"] {
        let config = config.replace("\"a\"", &format!("\"{name}\""));
        cloud.inside().endpoints.push((name.to_owned(), config));
    }
    for name in ["a", "b", "c"] {
        cloud.add(Stored::new(&format!("{name}/1"), now(), name));
    }
    let home = tempfile::tempdir().unwrap();
    let once = |more: &[&str]| {
        let mut args = ONCE.to_vec();
        args.extend(more);
        let output = run(listen(&cloud, home.path(), &target.url(), &args));
        assert_eq!(output.status.code(), Some(0), "{output:?}");
    };
    once(&["--endpoint", "b"]);
    assert_eq!(delivered(&target), ["b"]);
    once(&["--endpoint", "b", "--endpoint", "a"]);
    assert_eq!(delivered(&target), ["b", "a", "b"]);
    once(&["--endpoint", "a", "--endpoint", "b"]);
    assert_eq!(delivered(&target).len(), 3, "the same selection");
    once(&["--endpoint", "b", "--again"]);
    assert_eq!(delivered(&target).len(), 4);
    let unknown = run(listen(
        &cloud,
        home.path(),
        &target.url(),
        &["--endpoint", "none"],
    ));
    assert_eq!(unknown.status.code(), Some(2), "{unknown:?}");
}

#[test]
fn what_fails_is_kept_and_sent_again() {
    let cloud = Cloud::start();
    let target = Target::start();
    let home = tempfile::tempdir().unwrap();
    for n in 0..3 {
        let at = now() - SignedDuration::from_secs(9 - n);
        cloud.add(Stored::new(&format!("a/{n}"), at, n.to_string()));
    }
    let once = |args: &[&str]| run(listen(&cloud, home.path(), &target.url(), args));
    // A redirect is not followed, and is no delivery.
    target.is(Mood::Status(307));
    let output = once(&["--once", "--since", "1h", "--json"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(target.taken().len(), 3);
    let lines = String::from_utf8(output.stdout).unwrap();
    let first: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(
        (&first["outcome"], &first["status"]),
        (&"failed".into(), &307.into())
    );
    assert_eq!(
        (&first["ref"], &first["attempt"]),
        (&"a/0".into(), &1.into())
    );
    // They are not new any more: without --retry they stay kept.
    target.is(Mood::Good);
    let output = once(&["--once"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(delivered(&target).is_empty());
    let output = once(&["--once", "--retry", "1"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(delivered(&target), ["0", "1", "2"]);
    assert_eq!(once(&["--once", "--retry", "1"]).status.code(), Some(0));
    assert_eq!(delivered(&target).len(), 3);
}

#[test]
fn a_late_event_is_delivered_and_one_that_is_gone_is_reported_once() {
    let cloud = Cloud::start();
    let target = Target::start();
    let home = tempfile::tempdir().unwrap();
    let ago = |hours| now() - SignedDuration::from_hours(hours);
    let once = |args: &[&str]| run(listen(&cloud, home.path(), &target.url(), args));
    cloud.add(Stored::new("a/1", ago(1), "1"));
    once(&["--once", "--since", "2d"]);
    // What a sweep finds was received long before what was delivered already.
    cloud.add(Stored::new("a/2", ago(25), "2"));
    cloud.add(Stored::new("a/3", ago(3), "3"));
    let output = once(&["--once"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(delivered(&target), ["1", "2", "3"]);
    // Someone has written to its object's metadata.
    let mut spoiled = Stored::new("a/4", now(), "4");
    spoiled
        .metadata
        .push(("signature-headers", "nonsense".to_owned()));
    cloud.add(spoiled);
    for says in [true, false] {
        let output = once(&["--once", "--json"]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(text.contains("\"gone\""), says, "{text}");
    }
    assert_eq!(delivered(&target).len(), 3);
}

#[test]
fn only_this_machine_is_a_target_unless_you_allow_more() {
    let cloud = Cloud::start();
    let home = tempfile::tempdir().unwrap();
    for bad in [
        "http://192.0.2.1/",
        "http://0.0.0.0:1/",
        "https://[2001:db8::1]/hooks",
    ] {
        let output = run(listen(&cloud, home.path(), bad, &["--once"]));
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains("--allow-remote"), "{bad}: {text}");
    }
    let output = run(listen(
        &cloud,
        home.path(),
        "http://a:hunter2@localhost/",
        &["--once"],
    ));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        output.status.code() == Some(2) && !text.contains("hunter2"),
        "{text}"
    );
    assert!(cloud.inside().calls.is_empty(), "AWS was asked");
    let remote = ["--once", "--allow-remote"];
    let output = run(listen(&cloud, home.path(), "http://192.0.2.1/", &remote));
    assert_eq!(
        output.status.code(),
        Some(0),
        "nothing is to be delivered: {output:?}"
    );
}

#[test]
fn a_delivery_can_be_signed_again_with_your_own_secret() {
    let cloud = Cloud::start();
    let target = Target::start();
    let config = r#"{"name":"billing","scheme":"standard-webhooks"}"#;
    cloud
        .inside()
        .endpoints
        .push(("billing".to_owned(), config.to_owned()));
    let signature = Headers::from_pairs([
        ("webhook-id", "msg_1"),
        ("webhook-timestamp", "1"),
        ("webhook-signature", "v1,b2xk"),
    ]);
    cloud.add(Stored {
        metadata: vec![("signature-headers", json(&signature))],
        ..Stored::new("billing/msg_1", now(), "{}")
    });
    let home = tempfile::tempdir().unwrap();
    let secret = home.path().join("secret");
    let text = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    fs::write(&secret, format!("{text}\n")).unwrap();
    let mut args = ONCE.to_vec();
    args.extend(["--resign", secret.to_str().unwrap()]);
    let output = run(listen(&cloud, home.path(), &target.url(), &args));
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(!format!("{output:?}").contains(text));
    let (request, _) = target.taken().remove(0);
    assert_eq!(request.header("webhook-id"), "msg_1");
    let endpoint = domain::Endpoint::from_json(config).unwrap();
    let verifier = signature::Verifier::of(&endpoint).unwrap();
    let keys = [signature::Key::new("own", text)];
    let verified = verifier.verify(&request.headers, b"{}", &keys, now().as_second());
    assert!(verified.is_ok(), "{verified:?}");
    // A secret that cannot sign ends the command, and the event is still there.
    fs::write(&secret, "whsec_!").unwrap();
    let more = ["--again"];
    args.extend(more);
    let output = run(listen(&cloud, home.path(), &target.url(), &args));
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(!format!("{output:?}").contains("whsec_!"), "{output:?}");
}

#[test]
fn with_once_a_target_that_is_away_is_reported_and_nothing_is_lost() {
    let cloud = Cloud::start();
    let mut target = Target::start();
    let home = tempfile::tempdir().unwrap();
    cloud.add(Stored::new("a/1", now(), "1"));
    target.goes_down();
    let output = run(listen(&cloud, home.path(), &target.url(), &ONCE));
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("nothing listens there"), "{text}");
    target.comes_back();
    std::thread::sleep(Duration::from_millis(20));
    let output = run(listen(&cloud, home.path(), &target.url(), &["--once"]));
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(delivered(&target), ["1"]);
}

#[test]
fn r_on_a_terminal_sends_again_what_failed_and_the_terminal_is_as_before() {
    use nix::{
        pty::openpty,
        sys::termios::{LocalFlags, tcgetattr},
    };

    let cloud = Cloud::start();
    let target = Target::start();
    let home = tempfile::tempdir().unwrap();
    cloud.add(Stored::new("a/1", now(), "1"));
    target.is(Mood::Status(500));
    let terminal = openpty(None, None).unwrap();
    let is_by_line = || {
        let settings = tcgetattr(&terminal.slave).unwrap();
        settings
            .local_flags
            .contains(LocalFlags::ICANON | LocalFlags::ECHO)
    };
    let mut command = listen(&cloud, home.path(), &target.url(), &["--since", "1h"]);
    command
        .stdin(terminal.slave.try_clone().unwrap())
        .stderr(terminal.slave.try_clone().unwrap());
    let listener = Running::start(command);
    until("a failure", || target.taken().len() == 1);
    assert!(!is_by_line());
    target.is(Mood::Good);
    let mut keys = fs::File::from(terminal.master.try_clone().unwrap());
    keys.write_all(b"xr").unwrap();
    until("it is sent again", || delivered(&target) == ["1"]);
    let output = listener.interrupt();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(is_by_line());
}

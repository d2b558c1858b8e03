//! Arguments of `send` that cannot be: named, and nothing is sent.

use crate::{
    provider::SECRET,
    run::{Folder, split},
};

#[test]
fn what_is_wrong_with_an_argument_is_named() {
    let folder = Folder::new("send-wrong");
    folder.write("secret", SECRET);
    folder.write("binary", b"\x00\xff");
    let to = "--url http://127.0.0.1:1/v1/hooks/a --secret-file secret";
    for (line, text) in [
        (
            format!("send {to} --size 1KB"),
            "say how the delivery is signed: --scheme",
        ),
        (format!("send {to} --scheme github"), "--fixture"),
        (
            format!("send {to} --scheme github --fixture a/b"),
            "there is no fixture \"a/b\"",
        ),
        (
            format!("send {to} --scheme github --size 1GB"),
            "say a size",
        ),
        (
            format!("send {to} --scheme github --size 10B"),
            "--size: a body that names its event takes at least",
        ),
        (
            format!("send {to} --scheme github --size 1KB --rate fast"),
            "say a rate",
        ),
        (
            format!("send {to} --scheme github --size 1KB --timeout 1"),
            "not a length of time",
        ),
        (
            format!("send {to} --scheme mailgun --size 1KB"),
            "inside the body",
        ),
        (
            format!("send {to} --scheme airtable --size 1KB --type a.b"),
            "no delivery can have the type",
        ),
        (
            format!("send {to} --scheme github -H x-github-delivery:1 binary --count 2"),
            "--same",
        ),
        (
            format!("send {to} --scheme stripe binary --type a"),
            "does not fit where the endpoint looks for the type",
        ),
        (
            "send --scheme github --secret-file secret --size 1KB".to_owned(),
            "--url",
        ),
        (
            format!("send {to} --scheme github -H @- -"),
            "standard input can be read only once",
        ),
        (
            format!("send {to} --endpoint a --size 1KB"),
            "cannot be used with",
        ),
        (
            "send --url nope --scheme github --secret-file secret --size 1KB".to_owned(),
            "is not a URL",
        ),
    ] {
        let run = folder.run(&split(&line));
        let all = format!("{}{}", run.stdout, run.stderr);
        assert!(
            run.code == 2 && all.contains(text),
            "{line}: {text}: {run:?}"
        );
        assert!(!all.contains(SECRET), "{line}");
    }
}

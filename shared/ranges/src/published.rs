//! Takes apart what a provider publishes. Everything must be understood: a document of which a part
//! is unreadable, such as a page that says "not found", is no list.

use std::net::IpAddr;

use ipnet::IpNet;
use outbound::Reach;
use serde_json::Value;

use crate::{Form, MAX_RANGES, Ranges};

/// What a provider published is not a list of ranges that anyone should use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublishedProblem {
    /// Not text.
    #[error("it is not text in UTF-8")]
    Text,
    /// Not JSON.
    #[error("it is not JSON")]
    Json,
    /// The provider has changed its document.
    #[error("it has no array of texts at {0}")]
    Place(String),
    /// A line or a text in the array. The number counts from 1.
    #[error("entry {0} is not an address or a range")]
    Entry(usize),
    /// More than an honest list has.
    #[error("{0} is too wide a range: at most /8, or /16 with IPv6")]
    Wide(IpNet),
    /// Nobody delivers webhooks over the internet from there.
    #[error("{0} is not a range of the internet")]
    Private(IpNet),
    /// No range at all: it would admit everyone, because an endpoint without ranges does.
    #[error("it has no range")]
    Empty,
    /// More than [`MAX_RANGES`].
    #[error("it has {0} ranges, more than {MAX_RANGES}")]
    Many(usize),
}

/// Reads a published document.
///
/// # Errors
/// [`PublishedProblem`].
pub fn parse(form: &Form, document: &[u8]) -> Result<Ranges, PublishedProblem> {
    let found = match form {
        Form::Text => of_text(document)?,
        Form::Json(pointers) => of_json(pointers, document)?,
    };
    judge(found)
}

fn of_text(document: &[u8]) -> Result<Vec<IpNet>, PublishedProblem> {
    let text = str::from_utf8(document).map_err(|_| PublishedProblem::Text)?;
    let lines = text.lines().map(str::trim).enumerate();
    lines
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .map(|(at, line)| entry(at, line))
        .collect()
}

fn of_json(pointers: &[String], document: &[u8]) -> Result<Vec<IpNet>, PublishedProblem> {
    let document: Value = serde_json::from_slice(document).map_err(|_| PublishedProblem::Json)?;
    let mut found = Vec::new();
    for pointer in pointers {
        let place = || PublishedProblem::Place(pointer.clone());
        let array = document.pointer(pointer).and_then(Value::as_array);
        for (at, value) in array.ok_or_else(place)?.iter().enumerate() {
            found.push(entry(at, value.as_str().ok_or_else(place)?)?);
        }
    }
    Ok(found)
}

fn entry(at: usize, text: &str) -> Result<IpNet, PublishedProblem> {
    let net = text.parse::<IpNet>().ok();
    let net = net.or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
    net.ok_or(PublishedProblem::Entry(at.saturating_add(1)))
}

/// Whether an endpoint may be opened to these ranges.
pub(crate) fn judge(found: impl IntoIterator<Item = IpNet>) -> Result<Ranges, PublishedProblem> {
    let mut ranges = Ranges::new();
    for net in found {
        let widest = match net {
            IpNet::V4(_) => 8,
            IpNet::V6(_) => 16,
        };
        if net.prefix_len() < widest {
            return Err(PublishedProblem::Wide(net));
        }
        if Reach::of(net.network()) != Reach::Public || Reach::of(net.broadcast()) != Reach::Public
        {
            return Err(PublishedProblem::Private(net));
        }
        ranges.insert(net.trunc());
    }
    match ranges.len() {
        0 => Err(PublishedProblem::Empty),
        many if many > MAX_RANGES => Err(PublishedProblem::Many(many)),
        _ => Ok(ranges),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(ranges: &Ranges) -> Vec<String> {
        ranges.iter().map(ToString::to_string).collect()
    }

    fn json() -> Form {
        Form::Json(vec!["/data/v4".to_owned(), "/data/v6".to_owned()])
    }

    #[test]
    fn lines_are_addresses_and_ranges() {
        let text =
            b"# webhooks\r\n 34.1.2.3 \r\n\r\n9.234.98.163/28\r\n2a0a:a440::/29\n34.1.2.3/32";
        let ranges = parse(&Form::Text, text).unwrap();
        assert_eq!(
            texts(&ranges),
            ["9.234.98.160/28", "34.1.2.3/32", "2a0a:a440::/29"]
        );
    }

    #[test]
    fn a_line_that_is_neither_spoils_the_list() {
        for (text, problem) in [
            (&b"34.1.2.3\n<html>"[..], PublishedProblem::Entry(2)),
            (b"34.1.2.3-34.1.2.9", PublishedProblem::Entry(1)),
            (b"34.1.2.3, 34.1.2.4", PublishedProblem::Entry(1)),
            (b"34.1.2.3/33", PublishedProblem::Entry(1)),
            (b"hooks.example.com", PublishedProblem::Entry(1)),
            (b"34.1.2.3\n\xff", PublishedProblem::Text),
            (b"", PublishedProblem::Empty),
            (b"# moved", PublishedProblem::Empty),
        ] {
            assert_eq!(parse(&Form::Text, text), Err(problem), "{text:?}");
        }
    }

    #[test]
    fn arrays_of_a_document_are_put_together() {
        let document = br#"{"data":{"v4":["34.1.2.3/32","9.9.9.0/24"],"v6":["2a0a:a440::1"]},"other":["1.1.1.1"]}"#;
        let ranges = parse(&json(), document).unwrap();
        assert_eq!(
            texts(&ranges),
            ["9.9.9.0/24", "34.1.2.3/32", "2a0a:a440::1/128"]
        );
    }

    #[test]
    fn a_document_of_another_shape_is_no_list() {
        let place = |pointer: &str| PublishedProblem::Place(pointer.to_owned());
        for (document, problem) in [
            (&br#"{"data":{"v4":["34.1.2.3"]}}"#[..], place("/data/v6")),
            (br#"{"message":"rate limit exceeded"}"#, place("/data/v4")),
            (br#"{"data":{"v4":"34.1.2.3","v6":[]}}"#, place("/data/v4")),
            (
                br#"{"data":{"v4":[{"cidr":"34.1.2.3"}],"v6":[]}}"#,
                place("/data/v4"),
            ),
            (
                br#"{"data":{"v4":["34.1.2.3","x"],"v6":[]}}"#,
                PublishedProblem::Entry(2),
            ),
            (br#"{"data":{"v4":[],"v6":[]}}"#, PublishedProblem::Empty),
            (b"<html>", PublishedProblem::Json),
            (b"", PublishedProblem::Json),
            (br#"{"data":{"v4":["34.1.2.3"]"#, PublishedProblem::Json),
        ] {
            assert_eq!(parse(&json(), document), Err(problem));
        }
    }

    #[test]
    fn an_endpoint_is_not_opened_to_everyone() {
        for text in ["0.0.0.0/0", "34.0.0.0/7", "::/0", "2000::/15"] {
            let outcome = parse(&Form::Text, text.as_bytes());
            assert!(
                matches!(outcome, Err(PublishedProblem::Wide(_))),
                "{text}: {outcome:?}"
            );
        }
        for text in [
            "10.0.0.0/8",
            "127.0.0.1",
            "169.254.169.254",
            "192.168.1.0/24",
            "fd00::/16",
            "172.0.0.0/8",
        ] {
            let outcome = parse(&Form::Text, text.as_bytes());
            // The last one begins and ends outside of the private part of it.
            assert_eq!(
                matches!(outcome, Err(PublishedProblem::Private(_))),
                text != "172.0.0.0/8",
                "{text}: {outcome:?}"
            );
        }
        let many = (0..501)
            .map(|at| format!("34.1.{}.{}\n", at / 250, at % 250))
            .collect::<String>();
        assert_eq!(
            parse(&Form::Text, many.as_bytes()),
            Err(PublishedProblem::Many(501))
        );
    }
}

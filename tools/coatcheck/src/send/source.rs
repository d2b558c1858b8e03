//! What is sent: a file, a fixture, or a generated body.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use domain::{Location, Timestamp};
use operator::stack::TEST_TYPE;
use provider::{Draft, Provider, ProviderError, Sample, draft};
use serde_json::value::RawValue;

use super::{fixtures, number};
use crate::{headers, host, scheme::Named};

const HEADING: &str = "Delivery";

#[derive(clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// A file with the body; - is standard input.
    #[arg(
        help_heading = HEADING,
        value_name = "BODY",
        conflicts_with_all = ["fixture", "size"]
    )]
    body: Option<PathBuf>,
    /// A delivery that comes with Coatcheck, as a new event each time.
    #[arg(help_heading = HEADING, long, value_name = "NAME", conflicts_with = "size", help = format!(
        "A delivery that comes with Coatcheck, as a new event each time: {}", fixtures::names()
    ))]
    fixture: Option<String>,
    /// A made-up body of this size: 100KB, 4.4MB.
    #[arg(help_heading = HEADING, long, value_parser = number::size)]
    size: Option<usize>,
    /// The event's type. The default for made-up events is coatcheck.test, which only subscriptions
    /// that name it receive.
    #[arg(help_heading = HEADING, long = "type", value_name = "TYPE")]
    kind: Option<String>,
    /// A header for every delivery, or @FILE with one header per line. Repeat it for more headers.
    #[arg(
        help_heading = HEADING,
        short = 'H',
        long = "header",
        value_name = "NAME: VALUE",
        allow_hyphen_values = true
    )]
    headers: Vec<String>,
}

/// What is to be sent, and what is worth a remark.
pub(super) struct Source {
    pub(super) sample: Sample,
    pub(super) remark: Option<String>,
}

impl Args {
    /// Whether it is a new event each time it is sent, even alone.
    pub(super) fn is_always_fresh(&self) -> bool {
        self.fixture.is_some()
    }

    /// The files that are read, - being standard input.
    pub(super) fn files(&self) -> impl Iterator<Item = &Path> {
        let headers = self.headers.iter().filter_map(|text| headers::file(text));
        self.body.iter().map(PathBuf::as_path).chain(headers)
    }

    /// The scheme of the fixture, where there is one.
    pub(super) fn scheme(&self) -> Result<Option<Named>> {
        let named = self.fixture.as_deref().map(fixtures::load).transpose()?;
        Ok(named.map(|(_, scheme)| scheme))
    }

    pub(super) fn read(&self, provider: &Provider, nonce: u64, now: Timestamp) -> Result<Source> {
        let fixed = headers::read(&self.headers)?;
        if let Some(size) = self.size {
            return self.made_up(provider, size, nonce, now).map(|mut source| {
                source.sample.fixed = fixed;
                source
            });
        }
        let mut sample = match (&self.fixture, &self.body) {
            (Some(name), _) => fixtures::load(name)?.0,
            (None, Some(path)) => Sample {
                body: host::read(path)?,
                ..Sample::default()
            },
            (None, None) => bail!("say what to send: a file, --fixture or --size"),
        };
        sample.fixed = fixed;
        let remark = complete(&mut sample, provider, self.kind.as_deref())?;
        Ok(Source { sample, remark })
    }

    fn made_up(
        &self,
        provider: &Provider,
        size: usize,
        nonce: u64,
        now: Timestamp,
    ) -> Result<Source> {
        let wanted = Draft {
            kind: Some(self.kind.as_deref().unwrap_or(TEST_TYPE)),
            size: Some(size),
            nonce,
            now,
        };
        match draft(provider, wanted) {
            Err(problem @ ProviderError::TooSmall(_)) => Err(problem).context("--size"),
            Err(problem) if self.kind.is_none() => {
                let wanted = Draft {
                    kind: None,
                    ..wanted
                };
                let sample = draft(provider, wanted).map_err(|_| problem)?;
                let remark = "you cannot choose the type of this endpoint's events, so subscriptions take these for real ones";
                Ok(Source {
                    sample,
                    remark: Some(remark.to_owned()),
                })
            }
            outcome => Ok(Source {
                sample: outcome?,
                remark: None,
            }),
        }
    }
}

/// Adds what the body does not say: its content type, and a type where the endpoint looks
/// for one in a header.
fn complete(
    sample: &mut Sample,
    provider: &Provider,
    kind: Option<&str>,
) -> Result<Option<String>> {
    if !sample.has_header("content-type") {
        let is_json = serde_json::from_slice::<&RawValue>(&sample.body).is_ok();
        let content_type = if is_json {
            "application/json"
        } else {
            "application/octet-stream"
        };
        sample.set_header("content-type", content_type);
    }
    let Some(place) = &provider.locations().kind else {
        return match kind {
            Some(_) => {
                bail!("the events of this endpoint have no type: leave out --type")
            }
            None => Ok(None),
        };
    };
    match kind {
        Some(kind) if sample.put(place, kind) => Ok(None),
        Some(kind) => bail!(
            "{kind:?} does not fit where the endpoint looks for the type: change the body, or leave out --type"
        ),
        None => Ok(header_for_type(sample, place).map(|name| {
            sample.set_header(&name, TEST_TYPE);
            format!("the header {name}: {TEST_TYPE} was added, because it has to hold the type (see --type, --header)")
        })),
    }
}

/// The header that has to hold the type, where nothing else does.
fn header_for_type(sample: &Sample, place: &Location) -> Option<String> {
    match place {
        Location::Header(name) => (!sample.has_header(name)).then(|| name.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use domain::Endpoint;
    use signature::Key;

    use super::*;

    fn of(config: &str) -> Provider {
        let endpoint = Endpoint::from_json(config).unwrap();
        Provider::with_key(&endpoint, String::new(), Key::new("1", [b'0'; 64]), None).unwrap()
    }

    fn preset(name: &str) -> Provider {
        of(&format!(r#"{{"name":"{name}","scheme":"{name}"}}"#))
    }

    fn given(headers: &[(&str, &str)], body: &str) -> Sample {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Sample {
            headers: headers.iter().map(owned).collect(),
            body: body.as_bytes().to_vec(),
            ..Sample::default()
        }
    }

    #[test]
    fn a_type_is_written_where_the_endpoint_looks_for_it() {
        for (scheme, body, expected) in [
            (
                "stripe",
                r#"{ "id":"e","type" : "a" }"#,
                r#"{ "id":"e","type" : "x.y" }"#,
            ),
            (
                "linear",
                r#"{"type":"a","action":"b"}"#,
                r#"{"type":"x","action":"y"}"#,
            ),
            ("linear", r#"{"type":"a"}"#, r#"{"type":"x.y"}"#),
        ] {
            let mut sample = given(&[], body);
            complete(&mut sample, &preset(scheme), Some("x.y")).unwrap();
            assert_eq!(str::from_utf8(&sample.body).unwrap(), expected, "{scheme}");
            assert!(sample.has_header("content-type"));
        }
        let mut sample = given(&[("x-github-event", "push")], "{}");
        complete(&mut sample, &preset("github"), Some("x.y")).unwrap();
        let owned = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert!(sample.headers.contains(&owned("x-github-event", "x.y")));
        assert!(!sample.headers.contains(&owned("x-github-event", "push")));
    }

    #[test]
    fn a_type_that_has_no_place_is_refused() {
        let github = preset("github");
        let mut sample = given(&[], "{}");
        sample.fixed = vec![("x-github-event".to_owned(), "push".to_owned())];
        assert!(complete(&mut sample, &github, Some("x.y")).is_err());
        for (scheme, body) in [("stripe", "{}"), ("stripe", "no json"), ("airtable", "{}")] {
            let mut sample = given(&[], body);
            let provider = preset(scheme);
            assert!(
                complete(&mut sample, &provider, Some("x.y")).is_err(),
                "{scheme}"
            );
        }
    }

    #[test]
    fn a_header_that_has_to_hold_the_type_is_added_and_told() {
        let github = preset("github");
        let mut sample = given(&[], "{}");
        let remark = complete(&mut sample, &github, None).unwrap();
        assert!(remark.unwrap().contains("x-github-event: coatcheck.test"));
        assert!(sample.has_header("x-github-event"));
        let mut sample = given(&[("x-github-event", "push")], "{}");
        assert_eq!(complete(&mut sample, &github, None).unwrap(), None);
    }

    #[test]
    fn a_place_of_the_endpoints_own_goes_before_the_schemes() {
        let config = r#"{"name":"a","scheme":"github","event":{"type":{"json":"/kind"}}}"#;
        let provider = of(config);
        let mut sample = given(&[], r#"{"kind":"a"}"#);
        complete(&mut sample, &provider, Some("b")).unwrap();
        assert_eq!(sample.body, br#"{"kind":"b"}"#);
    }
}

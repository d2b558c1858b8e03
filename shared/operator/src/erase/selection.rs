use std::collections::{BTreeSet, HashMap};

use aws::operator::{ScanKey, Sought};
use domain::{
    AttributeKind, AttributeName, Endpoint, EndpointName, Ref, canonical_number, encode_attribute,
};
use futures_util::TryStreamExt;

use super::run::MOST;
use crate::{Progress, Result, Stack, concurrently::concurrently, problem::refuse};

/// In how many parts the table is looked through at once.
const SEGMENTS: i32 = 8;

/// Which events to erase, by what was kept of them.
#[derive(Debug, Clone)]
pub struct WhichToErase {
    /// Of this endpoint only; none means all.
    pub endpoint: Option<EndpointName>,
    /// Whose attributes have these values: all of them.
    pub attributes: Vec<(AttributeName, String)>,
}

/// The events that were found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct FoundToErase {
    /// Those that match.
    pub matching: Vec<Ref>,
    /// Those whose erasure was begun by an earlier run and is not finished.
    pub unfinished: Vec<Ref>,
}

impl FoundToErase {
    /// All of them.
    #[must_use]
    pub fn all(&self) -> Vec<Ref> {
        let all = self.matching.iter().chain(&self.unfinished);
        all.cloned().collect()
    }
}

/// Finds the events to erase. It reads the whole table, as it is at that moment, and no index: an index lacks what was
/// written a moment ago, and the values of an endpoint that has none. A table of a million small events costs about
/// 0.03 USD to read.
pub async fn find(
    stack: &Stack,
    which: &WhichToErase,
    progress: &(impl Progress + Sync),
) -> Result<FoundToErase> {
    if which.attributes.is_empty() {
        refuse!("which events? Give one or more of --where NAME=VALUE");
    }
    let configs = stack.directory().endpoints().await?;
    let endpoints = configs
        .iter()
        .filter_map(|text| Endpoint::from_json(text).ok());
    let attributes = stored(which, &endpoints.collect::<Vec<_>>())?;
    let sought = &Sought {
        endpoint: which.endpoint.as_ref(),
        attributes: &attributes,
    };
    let table = &stack.pointers();
    let pages = &std::sync::atomic::AtomicU64::new(0);
    progress.doing("reading the events table, pages:");
    let segments = concurrently((0..SEGMENTS).map(|segment| async move {
        let (mut matching, mut unfinished) = (BTreeSet::new(), BTreeSet::new());
        let mut after: Option<ScanKey> = None;
        loop {
            let found = table.spot(sought, (segment, SEGMENTS), after).await?;
            progress.done(1 + pages.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
            matching.extend(found.matching);
            unfinished.extend(found.unfinished);
            after = found.next;
            if after.is_none() {
                return Ok::<_, crate::Problem>((matching, unfinished));
            }
        }
    }));
    let parts: Vec<_> = segments.try_collect().await?;
    let (mut matching, mut unfinished) = (BTreeSet::new(), BTreeSet::new());
    for (some, others) in parts {
        matching.extend(some);
        unfinished.extend(others);
    }
    // The row of a replay may be left of an event that was erased a moment ago.
    matching.retain(|one| !unfinished.contains(one));
    let count = matching.len() + unfinished.len();
    if count > MOST {
        refuse!(
            "{count} events match: one run erases at most {MOST}. Narrow it with another --where, or --endpoint"
        );
    }
    Ok(FoundToErase {
        matching: refs(matching)?,
        unfinished: refs(unfinished)?,
    })
}

fn refs(texts: BTreeSet<String>) -> Result<Vec<Ref>> {
    let read = |text: String| {
        let Ok(reference) = text.parse() else {
            refuse!("the events table holds a pointer whose ref cannot be read: {text:?}");
        };
        Ok(reference)
    };
    texts.into_iter().map(read).collect()
}

/// What no endpoint can declare, and every pointer has.
const SUBJECT: &str = "subject";

/// The attributes of items that hold these values. A name that no endpoint declares is refused: a slip of the finger must
/// not read as if there were nothing to erase.
fn stored(which: &WhichToErase, endpoints: &[Endpoint]) -> Result<Vec<(String, String)>> {
    let chosen = endpoints.iter().filter(|one| {
        let wanted = which.endpoint.as_ref();
        wanted.is_none_or(|name| *name == one.name)
    });
    let declared: HashMap<&AttributeName, AttributeKind> = chosen
        .flat_map(|one| one.attributes.iter().map(|(name, rule)| (name, rule.kind)))
        .collect();
    let mut all = Vec::new();
    for (name, value) in &which.attributes {
        // Every event has one, as it is; the event's id, if the provider names none.
        if name.as_str() == SUBJECT && !value.is_empty() {
            all.push((SUBJECT.to_owned(), value.clone()));
            continue;
        }
        let Some(kind) = declared.get(name) else {
            let mut names: Vec<&str> = declared.keys().map(|name| name.as_str()).collect();
            names.sort_unstable();
            let names = match names.is_empty() {
                true => "none".to_owned(),
                false => names.join(", "),
            };
            refuse!(
                "no endpoint declares the attribute {name}: declared are {names}. Events from before it was declared, or \
                 from when it still was, can only be erased by their refs"
            );
        };
        let plain = match kind {
            AttributeKind::Text => value.clone(),
            AttributeKind::Number => match canonical_number(value) {
                Ok(number) => number,
                Err(_) => refuse!("{name} is a number, and {value:?} is none"),
            },
        };
        if plain.is_empty() {
            refuse!("no event has an empty {name}: an empty value is not kept");
        }
        all.push((name.stored(), encode_attribute(&plain).into_owned()));
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(text: &str) -> Endpoint {
        Endpoint::from_json(text).unwrap()
    }

    fn which(endpoint: Option<&str>, pairs: &[(&str, &str)]) -> WhichToErase {
        let pair = |(name, value): &(&str, &str)| {
            let name = AttributeName::try_from((*name).to_owned()).unwrap();
            (name, (*value).to_owned())
        };
        WhichToErase {
            endpoint: endpoint.map(|name| name.to_owned().try_into().unwrap()),
            attributes: pairs.iter().map(pair).collect(),
        }
    }

    #[test]
    fn a_value_is_looked_for_as_it_is_stored_and_a_wrong_name_is_refused() {
        let endpoints = [
            endpoint(
                r#"{"name":"stripe","scheme":"stripe","attributes":{"customer":{"json":"/c"},"amount":{"json":"/a","as":"number"}}}"#,
            ),
            endpoint(
                r#"{"name":"github","scheme":"github","attributes":{"plan":{"header":"x-plan"}}}"#,
            ),
        ];
        let of = |endpoint, pairs: &[(&str, &str)]| stored(&which(endpoint, pairs), &endpoints);
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            of(None, &[("customer", "a\"b%"), ("amount", "1e2")]).unwrap(),
            [pair("x_customer", "a%22b%25"), pair("x_amount", "100")]
        );
        assert_eq!(
            of(Some("github"), &[("plan", "free")]).unwrap(),
            [pair("x_plan", "free")]
        );
        assert_eq!(
            of(None, &[("subject", "50%")]).unwrap(),
            [pair("subject", "50%")]
        );
        for (endpoint, pairs, why) in [
            (
                None,
                [("costumer", "a")],
                "declared are amount, customer, plan",
            ),
            (Some("github"), [("customer", "a")], "declared are plan"),
            (Some("other"), [("customer", "a")], "declared are none"),
            (None, [("amount", "ten")], "is a number"),
            (None, [("customer", "")], "an empty value is not kept"),
            (None, [("subject", "")], "declared are amount"),
        ] {
            let problem = of(endpoint, &pairs).unwrap_err().to_string();
            assert!(problem.contains(why), "{problem}");
        }
    }
}

//! Sends dead letters back, or deletes them.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use operator::{
    Tone,
    dlq::{self, Depth, Dlq, Selection},
    plural,
};

use super::one::subject;
use crate::{
    address::Address,
    app::App,
    background::start,
    failure::Failure,
    fields::Fields,
    jobs::{Done, Job, Plan},
};

/// What to do, and to which messages: what was confirmed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Which {
    pub(super) is_purge: bool,
    pub(super) selection: Selection,
}

impl Which {
    /// What the fields say.
    pub(super) fn of(fields: &Fields) -> Result<Self, Failure> {
        let is_purge = match fields.needs("do")? {
            "redrive" => false,
            "purge" => true,
            _ => return Err(unreadable("Choose whether to send back or to delete.")),
        };
        let named = fields.all("message");
        let selection = match (fields.all("all").as_slice(), named.is_empty()) {
            ([all], true) => Selection::All {
                at_most: Some(number(all)?),
            },
            ([], false) => Selection::these(named.into_iter().map(str::to_owned))
                .map_err(|problem| Failure::Unreadable(problem.to_string()))?,
            ([], true) => return Err(unreadable("Pick at least one dead letter.")),
            _ => {
                return Err(unreadable(
                    "Choose either all dead letters or some of them.",
                ));
            }
        };
        Ok(Self {
            is_purge,
            selection,
        })
    }

    /// The same on the command line, without the messages that were named.
    pub(super) fn command(&self, name: &str) -> String {
        let verb = if self.is_purge { "purge" } else { "redrive" };
        let messages = if self.selection.is_all() {
            ""
        } else {
            " --message ID"
        };
        format!("coatcheck dlq {verb} {name}{messages}")
    }

    /// The change in words, with its number.
    fn words(&self, name: &str) -> String {
        let verb = if self.is_purge { "purge" } else { "redrive" };
        let many = match &self.selection {
            Selection::All { at_most } => {
                let many = plural(at_most.unwrap_or_default(), "dead letter");
                format!("all dead letters (about {many})")
            }
            Selection::These(ids) => plural(ids.len(), "dead letter"),
        };
        format!("{verb} {many} of {name}")
    }
}

/// How many of the messages a redrive of all moves: not those that a reader holds.
pub(super) fn redriven(depth: &Depth) -> u64 {
    depth.visible
}

fn unreadable(text: &str) -> Failure {
    Failure::Unreadable(text.to_owned())
}

fn number(text: &str) -> Result<u64, Failure> {
    let number = text.trim().parse();
    number.map_err(|_| unreadable("A number is not a number."))
}

/// The rate of a redrive; none if the field is empty.
fn rate(fields: &Fields) -> Result<Option<u16>, Failure> {
    match fields.one("rate").map(str::trim) {
        None | Some("") => Ok(None),
        Some(text) => match text.parse() {
            Ok(rate @ 1..=500) => Ok(Some(rate)),
            _ => Err(unreadable("The rate is a number from 1 to 500.")),
        },
    }
}

/// To delete everything, you type how many messages that is.
fn is_sure(which: &Which, fields: &Fields) -> Result<(), Failure> {
    let Selection::All {
        at_most: Some(count),
    } = which.selection
    else {
        return Ok(());
    };
    if !which.is_purge || number(fields.needs("sure")?)? == count {
        return Ok(());
    }
    Err(Failure::Changed(format!(
        "Nothing was deleted: you typed another number than {count}."
    )))
}

pub(super) async fn change(
    State(app): State<App>,
    Path(name): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let which = Which::of(&fields)?;
    is_sure(&which, &fields)?;
    let rate = rate(&fields)?;
    // An unknown name is answered before anything starts.
    Dlq::named(&app.stack.description, &name)?;
    let plan = Plan {
        subject: subject(&name),
        what: which.words(&name),
        back: Address::to(&["dlqs", &name]),
        can_stop: !(which.is_purge && which.selection.is_all()),
    };
    let to = start(&app, plan, async move |app, job: Arc<Job>, stop| {
        let dlq = Dlq::named(&app.stack.description, &name)?;
        let selection = &which.selection;
        if which.is_purge {
            let outcome = dlq::purge(&app.stack, &dlq, selection, &*job, &stop).await?;
            return Ok(done(outcome.interrupted, outcome.to_string()));
        }
        let outcome = dlq::redrive(&app.stack, &dlq, selection, rate, &*job, &stop).await?;
        let is_partly = outcome.interrupted || outcome.arrived > 0 || !outcome.stayed.is_empty();
        Ok(done(is_partly, outcome.to_string()))
    });
    Ok(Redirect::to(&to.await?.to_string()).into_response())
}

fn done(is_partly: bool, text: String) -> Done {
    let tone = if is_partly {
        Tone::Attention
    } else {
        Tone::Good
    };
    Done { tone, text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> Fields {
        Fields::read(text.as_bytes())
    }

    #[test]
    fn it_does_what_was_confirmed() {
        let all = Which::of(&fields("do=purge&all=26")).unwrap();
        assert_eq!(all.selection, Selection::All { at_most: Some(26) });
        assert_eq!(
            all.words("texts"),
            "purge all dead letters (about 26 dead letters) of texts"
        );
        let some = Which::of(&fields("do=redrive&message=m1&message=m2&rate=10")).unwrap();
        assert_eq!(some.words("a"), "redrive 2 dead letters of a");
        assert!(!some.is_purge);
        for bad in [
            "",
            "do=redrive",
            "do=delete&all=1",
            "do=purge&do=redrive&all=1",
            "do=purge&all=-1",
            "do=purge&all=1&all=2",
            "do=purge&all=1&message=m1",
            "all=1",
        ] {
            let read = Which::of(&fields(bad));
            assert!(matches!(read, Err(Failure::Unreadable(_))), "{bad}");
        }
        let many: String = (0..501).map(|id| format!("&message={id}")).collect();
        assert!(Which::of(&fields(&format!("do=purge{many}"))).is_err());
    }

    #[test]
    fn who_deletes_all_types_how_many() {
        let of = |text: &str| {
            let fields = fields(text);
            is_sure(&Which::of(&fields).unwrap(), &fields)
        };
        assert!(of("do=purge&all=26&sure=26").is_ok());
        assert!(matches!(
            of("do=purge&all=26&sure=25"),
            Err(Failure::Changed(_))
        ));
        assert!(matches!(of("do=purge&all=26"), Err(Failure::Unreadable(_))));
        assert!(of("do=redrive&all=26").is_ok());
        assert!(of("do=purge&message=m1").is_ok());
    }

    #[test]
    fn a_rate_is_as_on_the_command_line() {
        assert_eq!(rate(&fields("")).unwrap(), None);
        assert_eq!(rate(&fields("rate=")).unwrap(), None);
        assert_eq!(rate(&fields("rate=500")).unwrap(), Some(500));
        for bad in ["rate=0", "rate=501", "rate=x"] {
            assert!(rate(&fields(bad)).is_err(), "{bad}");
        }
    }
}

//! Pauses and resumes them.

use std::time::Duration;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use domain::SignedDuration;
use operator::{
    Problem, Tone,
    subscriptions::{Goal, HoldEnd, Pipe, hold, may_stop, switch, while_stopped},
};

use super::parts::subject;
use crate::{
    address::Address,
    app::App,
    background::start,
    failure::Failure,
    fields::Fields,
    jobs::{Done, Job, Plan},
};

/// How long a pipe may take to start or stop: as long as the command line waits.
const PATIENCE: Duration = Duration::from_mins(5);

/// The lengths to choose from: their values, their words, and how long they are.
pub(super) const LENGTHS: [(&str, &str, SignedDuration); 3] = [
    ("30m", "30 minutes", SignedDuration::from_mins(30)),
    ("4h", "4 hours", SignedDuration::from_hours(4)),
    ("20h", "20 hours", SignedDuration::from_hours(20)),
];

/// For a subscription with a queue.
pub(super) const UNTIL_RESUMED: &str = "until-resumed";

/// For a reader of the stream, which loses events after a day.
pub(super) const WITH_LOSS: &str = "accept-loss-after-24h";

/// For how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pause {
    For(&'static (&'static str, &'static str, SignedDuration)),
    UntilResumed { accepts_loss: bool },
}

impl Pause {
    fn of(fields: &Fields) -> Result<Self, Failure> {
        let value = fields.needs("for")?;
        match (value, LENGTHS.iter().find(|(length, ..)| *length == value)) {
            (_, Some(length)) => Ok(Self::For(length)),
            (UNTIL_RESUMED, _) => Ok(Self::UntilResumed {
                accepts_loss: false,
            }),
            (WITH_LOSS, _) => Ok(Self::UntilResumed { accepts_loss: true }),
            _ => Err(Failure::Unreadable(
                "Choose for how long to pause it.".to_owned(),
            )),
        }
    }
}

pub(super) async fn pause(
    State(app): State<App>,
    Path(name): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let pause = Pause::of(&fields)?;
    let pipe = Pipe::named(&app.stack.description, &name)?;
    let plan = |what, can_stop| Plan {
        subject: subject(&name),
        what,
        back: Address::to(&["subscriptions", &name]),
        can_stop,
    };
    let to = match pause {
        Pause::For(&(_, words, length)) => {
            may_stop(&pipe, Some(length), false)?;
            let plan = plan(format!("pause {name} for {words}"), true);
            let owner = name.clone();
            start(&app, plan, async move |app, job, stop| {
                let pipe = Pipe::named(&app.stack.description, &owner)?;
                let heard = |_, _| Ok::<(), Problem>(());
                let times = (length, PATIENCE);
                let end = hold(&app.stack, &pipe, times, &*job, &stop, heard).await?;
                let why = match end {
                    HoldEnd::Over => "the time is over",
                    HoldEnd::Stopped => "it was ended early",
                };
                Ok(good(format!("{owner} runs again: {why}.")))
            })
            .await?
        }
        Pause::UntilResumed { accepts_loss } => {
            may_stop(&pipe, None, accepts_loss)?;
            let owner = name.clone();
            start(
                &app,
                plan(format!("pause {name}"), false),
                async move |app, job: std::sync::Arc<Job>, _| {
                    let pipe = Pipe::named(&app.stack.description, &owner)?;
                    let changed = switch(&app.stack, &pipe, Goal::Stopped, PATIENCE, &*job).await?;
                    let means = while_stopped(&app.stack, &pipe).await?.join("\n");
                    let already = if changed { "" } else { " already" };
                    Ok(good(format!("{owner} is paused{already}.\n{means}")))
                },
            )
            .await?
        }
    };
    Ok(Redirect::to(&to.to_string()).into_response())
}

pub(super) async fn resume(
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<Response, Failure> {
    let pipe = Pipe::named(&app.stack.description, &name)?;
    // A pause that this console would end later: it starts the pipe when it is asked to end.
    if let Some(job) = app.jobs.on(&subject(pipe.owner)) {
        app.log(&format!("{}: ends early: {}", app.caller, job.plan.what));
        job.stop();
        return Ok(Redirect::to(&crate::jobs::page_of(&job).to_string()).into_response());
    }
    let plan = Plan {
        subject: subject(&name),
        what: format!("resume {name}"),
        back: Address::to(&["subscriptions", &name]),
        can_stop: false,
    };
    let to = start(&app, plan, async move |app, job: std::sync::Arc<Job>, _| {
        let pipe = Pipe::named(&app.stack.description, &name)?;
        let changed = switch(&app.stack, &pipe, Goal::Running, PATIENCE, &*job).await?;
        let already = if changed { "" } else { " already" };
        let remark = pipe
            .start_remark()
            .map_or_else(String::new, |remark| format!("\n{remark}"));
        Ok(good(format!("{name} runs{already}.{remark}")))
    })
    .await?;
    Ok(Redirect::to(&to.to_string()).into_response())
}

fn good(text: String) -> Done {
    Done {
        tone: Tone::Good,
        text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<Pause, Failure> {
        Pause::of(&Fields::read(text.as_bytes()))
    }

    #[test]
    fn only_what_the_form_offers_is_taken() {
        assert_eq!(of("for=30m").unwrap(), Pause::For(&LENGTHS[0]));
        assert_eq!(
            of("for=accept-loss-after-24h").unwrap(),
            Pause::UntilResumed { accepts_loss: true }
        );
        assert_eq!(
            of("for=until-resumed").unwrap(),
            Pause::UntilResumed {
                accepts_loss: false
            }
        );
        for bad in ["", "for=", "for=21h", "for=30m&for=4h", "for=-30m"] {
            assert!(matches!(of(bad), Err(Failure::Unreadable(_))), "{bad}");
        }
    }
}

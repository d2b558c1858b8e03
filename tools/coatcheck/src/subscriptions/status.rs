use anyhow::Result;
use aws::{PipeState, Pipes, Queue, operator::Depth};
use domain::SignedDuration;
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};

use super::{AT_ONCE, Meaning, Pipe};
use crate::{
    console::Console,
    host::Host,
    output::{EXIT_CODES, Exit, Report},
    stack::{self, Explained, Stack},
    table::{Tone, paint, table},
    when::said,
};

#[derive(clap::Args)]
#[command(after_help = format!("\
Examples:
  coatcheck subscriptions status
  coatcheck subscriptions status invoices
  coatcheck subscriptions status router --json | jq .state

Numbers of messages are about right: SQS counts no more exactly than that.

{EXIT_CODES}"))]
pub(crate) struct Args {
    /// A subscription, or `router`; without it all are shown.
    name: Option<String>,
    /// Answers with JSON, one pipe a line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    stack: stack::Args,
}

pub(crate) fn run(args: &Args, host: &Host) -> Result<Report> {
    stack::run(&args.stack, args.json, host, async |stack, console| {
        show(args, stack, console).await
    })
}

/// How one pipe does, and how much waits before and after it.
struct Row<'a> {
    pipe: Pipe<'a>,
    status: PipeState,
    queue: Option<Depth>,
    letters: Option<Depth>,
    dlq: Depth,
}

impl<'a> Row<'a> {
    async fn read(stack: &Stack, control: &Pipes, pipe: Pipe<'a>) -> Result<Self> {
        let depth = async |url: Option<&str>| match url {
            Some(url) => {
                let queue = Queue::new(&stack.sdk, url.to_owned());
                queue.depth().await.explained().map(Some)
            }
            None => Ok(None),
        };
        let status = async { control.state(pipe.pipe).await.explained() };
        let (status, queue, letters, dlq) = futures_util::try_join!(
            status,
            depth(pipe.queue_url),
            depth(pipe.letters_url),
            depth(Some(pipe.dlq_url)),
        )?;
        Ok(Self {
            pipe,
            status,
            queue,
            letters,
            dlq: dlq.unwrap_or_default(),
        })
    }

    fn meaning(&self) -> Meaning {
        let kept = self.queue.map(|queue| kept(&queue));
        Meaning::of(&self.pipe, &self.status, kept.as_deref())
    }

    fn cells(&self) -> [String; 7] {
        let number = |depth: Option<u64>| depth.map_or_else(|| "-".to_owned(), |n| n.to_string());
        [
            self.pipe.name.to_owned(),
            number(self.queue.map(|queue| queue.visible)),
            number(self.queue.map(|queue| queue.in_flight)),
            number(self.queue.map(|queue| queue.delayed)),
            number(self.letters.map(all)),
            all(self.dlq).to_string(),
            paint(self.meaning().tone, &self.status.current),
        ]
    }

    fn as_json(&self) -> Value {
        let Meaning { text, remedy, .. } = self.meaning();
        let depth = |depth: Depth| {
            json!({
                "visible": depth.visible,
                "in_flight": depth.in_flight,
                "delayed": depth.delayed,
                "kept_s": depth.kept_s,
            })
        };
        json!({
            "name": self.pipe.name,
            "pipe": self.pipe.pipe,
            "state": self.status.current,
            "desired": self.status.desired,
            "enabled": self.pipe.enabled,
            "reason": self.status.reason,
            "queue": self.queue.map(depth),
            "letters": self.letters.map(depth),
            "dlq": depth(self.dlq),
            "means": text,
            "remedy": remedy,
        })
    }

    /// What is worth a line below the table.
    fn remarks(&self) -> Vec<String> {
        let name = self.pipe.name;
        let mut remarks = Vec::new();
        let meaning = self.meaning();
        if meaning.tone != Tone::Good {
            remarks.push(format!("{name} {}", with(&meaning.text, meaning.remedy)));
        }
        if let Some(letters) = self.letters.filter(|letters| all(*letters) > 0) {
            remarks.push(format!(
                "{name} has {} letters: what its pipe gave up, which `rehydrate` makes events of again",
                all(letters)
            ));
        }
        if all(self.dlq) > 0 {
            remarks.push(format!(
                "{name} has {} events in its DLQ: coatcheck dlq show {name}",
                all(self.dlq)
            ));
        }
        remarks
    }
}

/// All that is in it, seen by somebody just now or not.
fn all(depth: Depth) -> u64 {
    let seen = depth.visible.saturating_add(depth.in_flight);
    seen.saturating_add(depth.delayed)
}

/// How long a queue keeps a message.
pub(super) fn kept(queue: &Depth) -> String {
    said(SignedDuration::from_secs(
        i64::try_from(queue.kept_s).unwrap_or(i64::MAX),
    ))
}

fn with(text: &str, remedy: Option<String>) -> String {
    remedy.map_or_else(|| text.to_owned(), |remedy| format!("{text}: {remedy}"))
}

async fn show(args: &Args, stack: &Stack, console: &Console) -> Result<Exit> {
    let pipes = match &args.name {
        Some(name) => vec![Pipe::named(&stack.made_of, name)?],
        None => Pipe::all(&stack.made_of),
    };
    let control = &Pipes::new(&stack.sdk);
    let rows: Vec<Row<'_>> = stream::iter(pipes)
        .map(|pipe| Row::read(stack, control, pipe))
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    if console.json() {
        rows.iter()
            .try_for_each(|row| console.line(&row.as_json()))?;
        return Ok(Exit::Good);
    }
    let mut shown = table([
        "name",
        "waiting",
        "in flight",
        "delayed",
        "letters",
        "dlq",
        "state",
    ]);
    for row in &rows {
        shown.add_row(row.cells());
    }
    console.say(shown)?;
    let remarks: Vec<String> = rows.iter().flat_map(Row::remarks).collect();
    if !remarks.is_empty() {
        console.say("")?;
        remarks.iter().try_for_each(|remark| console.say(remark))?;
    }
    Ok(Exit::Good)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::{Description, sample};

    fn row<'a>(made_of: &'a Description, name: &str, state: &str, dead: u64) -> Row<'a> {
        let pipe = Pipe::named(made_of, name).unwrap();
        let depth = |visible| Depth {
            visible,
            in_flight: 2,
            delayed: 1,
            kept_s: 1_209_600,
        };
        Row {
            pipe,
            status: PipeState {
                current: state.to_owned(),
                desired: Some("RUNNING".to_owned()),
                reason: None,
            },
            queue: pipe.queue_url.map(|_| depth(12)),
            letters: pipe.letters_url.map(|_| Depth::default()),
            dlq: Depth {
                visible: dead,
                ..Depth::default()
            },
        }
    }

    #[test]
    fn what_is_well_needs_no_remark() {
        let made_of = sample();
        let well = row(&made_of, "invoices", "RUNNING", 0);
        assert!(well.remarks().is_empty());
        assert_eq!(well.cells()[..6], ["invoices", "12", "2", "1", "-", "0"]);
        let router = row(&made_of, "router", "RUNNING", 0);
        assert_eq!(router.cells()[..6], ["router", "-", "-", "-", "0", "0"]);
    }

    #[test]
    fn a_state_is_explained_and_a_dlq_told() {
        let made_of = sample();
        let remarks = row(&made_of, "invoices", "STOPPED", 7).remarks();
        assert!(remarks[0].contains("for 14 d"), "{remarks:?}");
        assert!(
            remarks[0].contains("subscriptions resume invoices"),
            "{remarks:?}"
        );
        assert!(remarks[1].contains("7 events") && remarks[1].contains("dlq show invoices"));
    }

    #[test]
    fn programs_get_the_numbers_and_the_meaning() {
        let made_of = sample();
        let told = row(&made_of, "ledger", "STOPPED", 0).as_json();
        assert_eq!(told["queue"], Value::Null);
        assert_eq!(
            (&told["state"], &told["desired"]),
            (&json!("STOPPED"), &json!("RUNNING"))
        );
        assert!(told["means"].as_str().unwrap().contains("24 h"));
    }
}

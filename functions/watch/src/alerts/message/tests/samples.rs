use aws::{BreakerRecord, BreakerState, FailureRecord};
use domain::{GivenUp, Timestamp};

use crate::alerts::{
    decide::News,
    message::{DeadLetterFacts, Facts},
    refusals::Refusals,
    trouble::Trouble,
};

pub(super) fn at(text: &str) -> Timestamp {
    format!("2026-11-22T{text}Z").parse().unwrap()
}

fn letter(reference: &str, record: Option<(&str, &str, u32)>) -> DeadLetterFacts {
    let body = format!(
        r#"{{"ref":"{reference}","type":"<!channel>","subject":"@here","data":"4242 4242 4242 4242","email":"4242@card.example"}}"#
    );
    DeadLetterFacts {
        letter: GivenUp::of(&body),
        record: record.map(|(state, failure, attempts)| FailureRecord {
            state: state.to_owned(),
            failure: Some(failure.to_owned()),
            attempts,
        }),
        recorded: true,
    }
}

fn other(body: &str) -> DeadLetterFacts {
    DeadLetterFacts {
        letter: GivenUp::of(body),
        record: None,
        recorded: false,
    }
}

/// Each kind of alert, by the name of its files.
pub(super) fn samples() -> Vec<(&'static str, &'static str, Trouble, News, Facts)> {
    let invoices = || Trouble::DeadLetters("invoices".to_owned());
    let letters = vec![
        letter("stripe/evt_1", Some(("failed", "Reject", 3))),
        letter(
            "stripe/%3C!channel%3E/@here",
            Some(("failed", "<!here> 4242", 1)),
        ),
        letter("stripe/https:%2F%2Fevil.example%2F%60x%60", None),
        other("4242 4242"),
        other(r#"{"source":"/endpoints/-","card":"4242"}"#),
        letter("stripe/evt_6", None),
    ];
    let kept = vec![other(
        r#"{"detail":{"object":{"key":"incoming/4242"}},"reason":"type_missing: <!channel> 4242"}"#,
    )];
    let pipe = |name: &str| Trouble::PipeDown(name.to_owned());
    let stopped = |reason: &str| Facts::Pipe("STOPPED".to_owned(), Some(reason.to_owned()));
    let stripe = || Trouble::MostRefused("stripe".to_owned());
    let refused = |refused, accepted| {
        Facts::Refusals(Refusals {
            refused,
            accepted,
            until: at("05:15:00"),
        })
    };
    let none = || Facts::None;
    let crm = || Trouble::DestinationFails("crm".to_owned());
    let crm_gone = || Trouble::DestinationGone("crm".to_owned());
    vec![
        (
            "dlq-began",
            "coatcheck",
            invoices(),
            News::Began,
            Facts::DeadLetters(7, letters),
        ),
        (
            "dlq-grew",
            "acme",
            Trouble::DeadLetters("admit".to_owned()),
            News::Grew,
            Facts::DeadLetters(1, kept),
        ),
        (
            "dlq-lasts",
            "coatcheck",
            invoices(),
            News::Lasts,
            Facts::DeadLetters(1, vec![letter("stripe/evt_1", None)]),
        ),
        (
            "dlq-over",
            "coatcheck",
            invoices(),
            News::Over,
            Facts::DeadLetters(0, Vec::new()),
        ),
        ("dlq-gone", "coatcheck", invoices(), News::Gone, none()),
        (
            "pipe-began",
            "coatcheck",
            pipe("coatcheck-router"),
            News::Began,
            stopped("USER_INITIATED"),
        ),
        (
            "pipe-lasts",
            "coatcheck",
            pipe("coatcheck-invoices"),
            News::Lasts,
            stopped("<!channel> no right"),
        ),
        (
            "pipe-over",
            "coatcheck",
            pipe("coatcheck-invoices"),
            News::Over,
            Facts::Pipe("RUNNING".to_owned(), None),
        ),
        (
            "pipe-gone",
            "coatcheck",
            pipe("coatcheck-invoices"),
            News::Gone,
            none(),
        ),
        (
            "mapping-began",
            "coatcheck",
            pipe("coatcheck-crm"),
            News::Began,
            stopped("USER_INITIATED"),
        ),
        (
            "destination-fails-began",
            "coatcheck",
            crm(),
            News::Began,
            breaker(BreakerState::Open, "timeout", "05:20:00"),
        ),
        (
            "destination-fails-lasts",
            "acme",
            crm(),
            News::Lasts,
            breaker(BreakerState::Probing, "<!channel> 4242", "05:16:00"),
        ),
        (
            "destination-fails-over",
            "coatcheck",
            crm(),
            News::Over,
            Facts::Breaker(BreakerRecord::default()),
        ),
        (
            "destination-fails-gone",
            "coatcheck",
            crm(),
            News::Gone,
            none(),
        ),
        (
            "destination-gone-began",
            "coatcheck",
            crm_gone(),
            News::Began,
            breaker(BreakerState::Paused, "gone", "05:16:00"),
        ),
        (
            "destination-gone-over",
            "coatcheck",
            crm_gone(),
            News::Over,
            Facts::Breaker(BreakerRecord::default()),
        ),
        (
            "endpoint-began",
            "coatcheck",
            stripe(),
            News::Began,
            refused(34, 6),
        ),
        (
            "endpoint-over",
            "coatcheck",
            stripe(),
            News::Over,
            refused(1, 30),
        ),
    ]
}

fn breaker(state: BreakerState, reason: &str, probe_at: &str) -> Facts {
    Facts::Breaker(BreakerRecord {
        state,
        failures: 7,
        opened_at: Some(at("05:00:05")),
        probe_at: Some(at(probe_at)),
        reason: Some(reason.to_owned()),
        status: Some(503),
        ..BreakerRecord::default()
    })
}

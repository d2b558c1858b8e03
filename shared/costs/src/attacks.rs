//! What a flood costs: the table of `docs/threat-model.md`.

use std::fmt::Write as _;

use crate::{
    DAYS_OF_A_MONTH, Defaults, Group, Lane, Model, Problem, Refused, Scenario,
    page::{dollars, filled, head},
};

/// The direct lane has a fifth of the rate unless it is set (`terraform/stage.tf`).
const SHARE_OF_DIRECT: f64 = 5.0;
const DAY_S: f64 = 86_400.0;

const FULL_STANDARD: f64 = 4_500_000.0;
const FULL_DIRECT: f64 = 10_485_760.0;

/// `docs/threat-model.md` with its dollars as the model has them today.
///
/// # Errors
/// As [`page::written`](crate::page::written).
pub fn threats(page: &str) -> Result<String, Problem> {
    filled(page, [("attacks", table(&Model::shipped()?)?)])
}

/// Dollars for a million of each kind of request, and for a day at the rate that Terraform sets by default.
fn table(model: &Model) -> Result<String, Problem> {
    let rate = Defaults::of_terraform()?.rate;
    let mut table = head(&[
        "requests",
        "end at",
        "a million",
        "requests a second, at most",
        "a day of that",
    ]);
    for (what, end, size, by) in [
        (
            "malformed, unsigned, for a known endpoint",
            "authorizer",
            1e3,
            Refused::Authorizer,
        ),
        (
            "each for another name that does not exist",
            "authorizer",
            1e3,
            Refused::UnknownName,
        ),
        ("forged, 1 KB", "`ingest`", 1e3, Refused::Ingest),
        ("forged, 4.5 MB", "`ingest`", FULL_STANDARD, Refused::Ingest),
    ] {
        let bill = model.refused(&Scenario::of(1e6, size)?, by)?;
        row(
            &mut table,
            (what, end),
            bill.per_million(&Group::ALL),
            rate,
            0.0,
        );
    }
    let rate_direct = rate / SHARE_OF_DIRECT;
    for (what, size) in [
        ("forged, 6 MB, direct lane", 6e6),
        ("forged, 10 MiB, direct lane", FULL_DIRECT),
    ] {
        let mut scenario = Scenario::of(1e6, size)?;
        scenario.lane = Lane::Direct;
        let bill = model.refused(&scenario, Refused::Admit)?;
        let stored = waiting(model, &scenario, rate_direct)?;
        row(
            &mut table,
            (what, "`admit`"),
            bill.per_million(&Group::ALL),
            rate_direct,
            stored,
        );
    }
    for (what, size) in [
        ("signed by a leaked key, 1 KB, one subscription", 1e3),
        ("the same, 4.5 MB", FULL_STANDARD),
    ] {
        let bill = model.bill(&Scenario::of(1e6, size)?.subscribed(1.0))?;
        let whole = bill.per_million(&[
            Group::Receive,
            Group::Route,
            Group::Subscriptions,
            Group::Keep,
        ]);
        row(&mut table, (what, "a processor"), whole, rate, 0.0);
    }
    Ok(table)
}

fn row(table: &mut String, (what, end): (&str, &str), million: f64, rate: f64, more: f64) {
    let day = million * rate * DAY_S / 1e6 + more;
    let _ = writeln!(
        table,
        "| {what} | {end} | {} | {rate} | {day:.0} |",
        dollars(million)
    );
}

/// Dollars for the storage of a day's forged bodies until `admit` has deleted the last one. On average one waits for
/// half of that time.
fn waiting(model: &Model, scenario: &Scenario, rate: f64) -> Result<f64, Problem> {
    let bodies = rate * DAY_S;
    let at_once = Defaults::of_terraform()?.admit_at_once;
    let all_checked = (bodies * model.admit_s(scenario)? / at_once).max(DAY_S);
    let gb_months = bodies * scenario.size / 1e9 * (all_checked / 2.0) / (DAYS_OF_A_MONTH * DAY_S);
    Ok(gb_months * model.prices().get("s3_gb_month")?.of_one())
}

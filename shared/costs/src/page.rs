//! The tables of `docs/cost.md`, between marks.

use std::fmt::Write as _;

use crate::{Bill, Front, Group, Lane, Model, Problem, Record, Scenario, other};

const SIZES: [(&str, f64); 5] = [
    ("1 KB", 1e3),
    ("10 KB", 1e4),
    ("100 KB", 1e5),
    ("1 MB", 1e6),
    ("4.4 MB", 4.4e6),
];

/// What the tables call inline.
const INLINE: f64 = 4_096.0;

/// All of an event, without what is fixed.
const WHOLE: [Group; 4] = [
    Group::Receive,
    Group::Route,
    Group::Subscriptions,
    Group::Keep,
];

/// The page with its tables as the model has them today. A table stands between `<!-- costs:NAME -->` and
/// `<!-- /costs -->`.
///
/// # Errors
/// If a table has no place in the page, or a scenario cannot be billed.
pub fn written(page: &str) -> Result<String, Problem> {
    let model = Model::shipped()?;
    filled(
        page,
        [
            ("sizes", sizes(&model)?),
            ("lines", lines(&model)?),
            ("inline", inline(&model)?),
            ("indexed", indexed(&model)?),
            ("fronts", fronts(&model)?),
            ("month", month(&model)?),
            ("shapes", shapes(&model)?),
            ("services", services(&model)?),
            ("prices", prices(&model)),
        ],
    )
}

pub(crate) fn filled<const N: usize>(
    page: &str,
    tables: [(&str, String); N],
) -> Result<String, Problem> {
    let mut text = page.to_owned();
    for (name, table) in tables {
        let (begin, end) = (format!("<!-- costs:{name} -->\n"), "<!-- /costs -->");
        let place = text.split_once(&begin).and_then(|(before, rest)| {
            let (_, after) = rest.split_once(end)?;
            Some(format!("{before}{begin}{table}{end}{after}"))
        });
        text =
            place.ok_or_else(|| Problem::Scenario(format!("the page has no place for {name}")))?;
    }
    Ok(text)
}

pub(crate) fn head(cells: &[&str]) -> String {
    let rule = "---|".repeat(cells.len());
    format!("| {} |\n|{rule}\n", cells.join(" | "))
}

pub(crate) fn dollars(value: f64) -> String {
    format!("{value:.2}")
}

/// A million deliveries, with one subscription.
fn of(size: f64) -> Result<Scenario, Problem> {
    Ok(Scenario::of(1e6, size)?.subscribed(1.0))
}

fn sizes(model: &Model) -> Result<String, Problem> {
    let mut table = head(&[
        "payload",
        "receive",
        "receive, inline up to 4 KB",
        "receive, direct lane",
        "route",
        "a subscription",
        "with `record = \"mark\"`",
        "with `mark`, one event at a time",
        "keep",
    ]);
    for (name, size) in SIZES {
        let scenario = of(size)?;
        let bill = |change: fn(&mut Scenario)| {
            let mut scenario = scenario.clone();
            change(&mut scenario);
            model.bill(&scenario)
        };
        let plain = model.bill(&scenario)?;
        let inline = bill(|it| it.inline_max = INLINE)?;
        let direct = bill(|it| it.lane = Lane::Direct)?;
        let mark = bill(|it| it.record = Record::Mark)?;
        let single = bill(|it| {
            it.record = Record::Mark;
            it.batch = 1.0;
        })?;
        let of = |bill: &Bill, group| dollars(bill.per_million(&[group]));
        let inlined = if size <= INLINE {
            of(&inline, Group::Receive)
        } else {
            "-".to_owned()
        };
        let _ = writeln!(
            table,
            "| {name} | {} | {inlined} | {} | {} | {} | {} | {} | {} |",
            of(&plain, Group::Receive),
            of(&direct, Group::Receive),
            of(&plain, Group::Route),
            of(&plain, Group::Subscriptions),
            of(&mark, Group::Subscriptions),
            of(&single, Group::Subscriptions),
            of(&plain, Group::Keep),
        );
    }
    Ok(table)
}

fn lines(model: &Model) -> Result<String, Problem> {
    let small = model.bill(&of(1e3)?)?;
    let large = model.bill(&of(4.4e6)?)?;
    let mut table = head(&["part", "item", "1 KB", "4.4 MB", "made by"]);
    for line in small.lines.iter().filter(|line| line.per_million.is_some()) {
        let same = large
            .lines
            .iter()
            .find(|other| (other.group, other.item) == (line.group, line.item));
        let cell = |per_million: Option<f64>| format!("{:.3}", per_million.unwrap_or_default());
        let _ = writeln!(
            table,
            "| {} | {} | {} | {} | `{}` |",
            line.group,
            line.item,
            cell(line.per_million),
            cell(same.and_then(|line| line.per_million)),
            line.resource.address,
        );
    }
    Ok(table)
}

fn inline(model: &Model) -> Result<String, Problem> {
    let mut table = head(&["payload", "in S3", "inline", "difference"]);
    for kb in 1..=8 {
        let mut scenario = of(f64::from(kb) * 1e3)?;
        let whole =
            |scenario: &Scenario| Ok::<_, Problem>(model.bill(scenario)?.per_million(&WHOLE));
        let in_s3 = whole(&scenario)?;
        scenario.inline_max = 1e4;
        let inline = whole(&scenario)?;
        let _ = writeln!(
            table,
            "| {kb} KB | {} | {} | {:+.2} |",
            dollars(in_s3),
            dollars(inline),
            inline - in_s3
        );
    }
    Ok(table)
}

fn indexed(model: &Model) -> Result<String, Problem> {
    let mut table = head(&["attributes with `index = true`", "receive", "keep", "more"]);
    let both = [Group::Receive, Group::Keep];
    let without = model.bill(&of(1e4)?)?.per_million(&both);
    for count in 0..=3 {
        let mut scenario = of(1e4)?;
        scenario.indexed = f64::from(count);
        let bill = model.bill(&scenario)?;
        let _ = writeln!(
            table,
            "| {count} | {} | {} | {} |",
            dollars(bill.per_million(&[Group::Receive])),
            dollars(bill.per_million(&[Group::Keep])),
            dollars(bill.per_million(&both) - without),
        );
    }
    Ok(table)
}

fn fronts(model: &Model) -> Result<String, Problem> {
    let mut table = head(&["payload", "REST API", "HTTP API", "difference"]);
    for (name, size) in SIZES {
        let mut scenario = of(size)?;
        let rest = model.bill(&scenario)?.per_million(&[Group::Receive]);
        scenario.front = Front::Http;
        let http = model.bill(&scenario)?.per_million(&[Group::Receive]);
        let _ = writeln!(
            table,
            "| {name} | {} | {} | {:+.2} |",
            dollars(rest),
            dollars(http),
            http - rest
        );
    }
    Ok(table)
}

fn month(model: &Model) -> Result<String, Problem> {
    let mut table = head(&[
        "events a month",
        "subscriptions",
        "variable",
        "fixed",
        "a month",
    ]);
    for (name, events) in [
        ("100,000", 1e5),
        ("1 million", 1e6),
        ("10 million", 1e7),
        ("100 million", 1e8),
    ] {
        for count in [1.0, 3.0] {
            let bill = model.bill(&Scenario::of(events, 8e3)?.subscribed(count))?;
            let fixed: f64 = bill.of(Group::Fixed).map(|line| line.per_month).sum();
            let _ = writeln!(
                table,
                "| {name} | {count} | {} | {} | {} |",
                dollars(bill.per_month() - fixed),
                dollars(fixed),
                dollars(bill.per_month())
            );
        }
    }
    Ok(table)
}

fn shapes(model: &Model) -> Result<String, Problem> {
    let small = other::shapes(model, 1e3)?;
    let large = other::shapes(model, 4.4e6)?;
    let mut table = head(&["shape", "1 KB", "4.4 MB", "what it does without"]);
    let cell = |value: Option<f64>| value.map_or_else(|| "not possible".to_owned(), dollars);
    let ours = |size, inline_max| {
        let scenario = Scenario {
            inline_max,
            ..Scenario::of(1e6, size)?
        };
        Ok::<_, Problem>(model.bill(&scenario)?.per_million(&[Group::Receive]))
    };
    let _ = writeln!(
        table,
        "| Coatcheck, to the pointer | {} | {} | |",
        dollars(ours(1e3, 0.0)?),
        dollars(ours(4.4e6, 0.0)?)
    );
    let _ = writeln!(
        table,
        "| Coatcheck, inline up to 4 KB | {} | | |",
        dollars(ours(1e3, INLINE)?)
    );
    for (small, large) in small.into_iter().zip(large) {
        let _ = writeln!(
            table,
            "| {} | {} | {} | {} |",
            small.name,
            cell(small.per_million),
            cell(large.per_million),
            small.without
        );
    }
    Ok(table)
}

fn services(model: &Model) -> Result<String, Problem> {
    let mut table = head(&[
        "",
        "1 million a month",
        "10 million",
        "100 million",
        "read",
        "remarks",
    ]);
    let months = [1e6, 1e7, 1e8];
    let ours = months.map(|events| {
        Ok::<_, Problem>(
            model
                .bill(&Scenario::of(events, 8e3)?.subscribed(1.0))?
                .per_month(),
        )
    });
    let mut cells = Vec::new();
    for month in ours {
        cells.push(dollars(month?));
    }
    let _ = writeln!(
        table,
        "| Coatcheck, 8 KB, one subscription | {} | | the tables above |",
        cells.join(" | ")
    );
    for service in other::services()? {
        let cells = months.map(|events| dollars(service.per_month(events)));
        let _ = writeln!(
            table,
            "| {} | {} | [{}]({}) | {} |",
            service.name,
            cells.join(" | "),
            service.read_on,
            service.source,
            service.note
        );
    }
    Ok(table)
}

fn prices(model: &Model) -> String {
    let prices = model.prices();
    let mut table = head(&["price", "dollars", "for", "source", "confirmed by"]);
    for (name, price) in &prices.items {
        let count = if price.per >= 1e6 {
            "a million ".to_owned()
        } else {
            String::new()
        };
        let _ = writeln!(
            table,
            "| `{name}` | {} | {count}{} | [AWS]({}) | {} |",
            price.dollars, price.unit, price.source, price.witness
        );
    }
    table
}

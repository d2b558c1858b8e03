use domain::{EndpointName, SignedDuration, Timestamp, format_time};
use operator::{
    Stack,
    events::{Condition, Cursor, Lookup, Query, StateFilter, check_kind},
};

use crate::{address::Address, failure::Failure, fields::Fields, shell};

/// The spans to choose from, and what they are called.
pub(super) const SPANS: [(&str, &str); 5] = [
    ("15m", "15 minutes"),
    ("1h", "1 hour"),
    ("24h", "24 hours"),
    ("7d", "7 days"),
    ("90d", "90 days"),
];

/// As of the command line.
const DEFAULT_SPAN: &str = "24h";

/// Which events, as the address says.
#[derive(Debug, Clone)]
pub(super) struct Filter {
    pub(super) endpoint: Option<EndpointName>,
    /// Exact or `prefix.*`; empty means all.
    pub(super) kind: String,
    /// What their attributes are.
    pub(super) conditions: Vec<Condition>,
    /// The length of the span: one of [`SPANS`], or as long as the address says.
    pub(super) span: String,
    length: SignedDuration,
    /// The end of the span; none means now.
    pub(super) until: Option<Timestamp>,
    pub(super) state: Option<StateFilter>,
    pub(super) at: Option<Cursor>,
    now: Timestamp,
}

impl Filter {
    pub(super) fn read(fields: &Fields, now: Timestamp) -> Result<Self, Failure> {
        let given = |name| {
            fields
                .one(name)
                .map(str::trim)
                .filter(|text| !text.is_empty())
        };
        let unreadable = |what: String| Failure::Unreadable(what);
        let endpoint = given("endpoint")
            .map(|name| EndpointName::try_from(name.to_owned()))
            .transpose()
            .map_err(|_| unreadable("There can be no endpoint of this name.".to_owned()))?;
        let kind = given("type").unwrap_or_default().to_owned();
        check_kind(&kind).map_err(|problem| unreadable(format!("The type: {problem}.")))?;
        let conditions = fields.all("where").into_iter().map(str::trim);
        let conditions = conditions
            .filter(|text| !text.is_empty())
            .map(str::parse)
            .collect::<Result<_, operator::Problem>>();
        let conditions =
            conditions.map_err(|problem| unreadable(format!("The attribute: {problem}.")))?;
        let span = given("since").unwrap_or(DEFAULT_SPAN).to_owned();
        let length = length(&span)
            .ok_or_else(|| unreadable("The span is no length of time such as 24h.".to_owned()))?;
        let until = given("until")
            .map(|text| moment(text).ok_or(()))
            .transpose()
            .map_err(|()| {
                unreadable(
                    "\"Before\" is no time: use 2026-11-21 or 2026-11-21T20:00:00Z.".to_owned(),
                )
            })?;
        Ok(Self {
            endpoint,
            kind,
            conditions,
            span,
            length,
            until,
            state: given("state").map(str::parse).transpose()?,
            at: given("at").map(str::parse).transpose()?,
            now,
        })
    }

    pub(super) fn query(&self, stack: &Stack) -> operator::Result<Query> {
        let until = self.until.unwrap_or(self.now);
        let from = until.saturating_sub(self.length).unwrap_or(until);
        let kinds = if self.kind.is_empty() {
            Vec::new()
        } else {
            vec![self.kind.clone()]
        };
        let query = Query::new(stack, self.endpoint.clone(), kinds, from, until)?;
        query.having(stack, &self.conditions, Lookup::Index)
    }

    /// Whether it shows the newest events there are.
    pub(super) fn is_newest(&self) -> bool {
        self.until.is_none() && self.at.is_none()
    }

    /// The newest of the same.
    pub(super) fn newest(&self) -> Self {
        Self {
            until: None,
            at: None,
            ..self.clone()
        }
    }

    /// The same, with an end that stays.
    pub(super) fn fixed(&self, now: Timestamp) -> Self {
        Self {
            until: Some(self.until.unwrap_or(now)),
            ..self.clone()
        }
    }

    /// The page that begins at this place.
    pub(super) fn address(&self, at: Option<&Cursor>) -> Address {
        self.fields(Address::to(&["events"]), at)
    }

    /// The address with the fields of this filter.
    pub(super) fn fields(&self, address: Address, at: Option<&Cursor>) -> Address {
        let wheres = self.conditions.iter();
        let wheres = wheres.map(|condition| ("where", Some(condition.to_string())));
        let kind = [
            ("endpoint", self.endpoint.as_ref().map(ToString::to_string)),
            (
                "type",
                Some(self.kind.clone()).filter(|kind| !kind.is_empty()),
            ),
        ];
        let others = [
            ("since", Some(self.span.clone())),
            ("until", self.until.map(format_time)),
            ("state", self.state.map(|state| state.word().to_owned())),
            ("at", at.map(ToString::to_string)),
        ];
        let fields = kind.into_iter().chain(wheres).chain(others);
        fields.fold(address, |address, (name, value)| match value {
            Some(value) => address.with(name, &value),
            None => address,
        })
    }

    /// The same on the command line, which knows no states.
    pub(super) fn command(&self) -> String {
        let mut command = "coatcheck events ls".to_owned();
        if let Some(endpoint) = &self.endpoint {
            command += &format!(" --endpoint {endpoint}");
        }
        if !self.kind.is_empty() {
            command += &format!(" --type {}", shell::word(&self.kind));
        }
        for condition in &self.conditions {
            command += &format!(" --where {}", shell::word(&condition.to_string()));
        }
        match self.until {
            None => command += &format!(" --since {}", self.span),
            Some(until) => {
                let since = until.saturating_sub(self.length).unwrap_or(until);
                command += &format!(
                    " --since {} --until {}",
                    format_time(since),
                    format_time(until)
                );
            }
        }
        command
    }
}

/// A length of time: a number and `s`, `m`, `h` or `d`.
fn length(text: &str) -> Option<SignedDuration> {
    let unit = match text.chars().next_back()? {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return None,
    };
    let (number, _) = text.split_at(text.len() - 1);
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let number: i64 = number.parse().ok().filter(|_| is_number)?;
    // Longer than any pointer is kept, and short enough to subtract.
    let seconds = number
        .checked_mul(unit)
        .filter(|seconds| (1..=315_360_000).contains(seconds))?;
    Some(SignedDuration::from_secs(seconds))
}

fn moment(text: &str) -> Option<Timestamp> {
    let at = text.parse().ok();
    at.or_else(|| format!("{text}T00:00:00Z").parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<Filter, Failure> {
        let now = "2026-11-22T12:00:00Z".parse().unwrap();
        Filter::read(&Fields::read(query.as_bytes()), now)
    }

    #[test]
    fn an_address_leads_to_the_same_filter() {
        let text = "/events?endpoint=stripe&type=invoice.%2A&where=customer%3Dcus_1&where=plan%3Da%26b&since=7d&until=2026-11-21T00%3A00%3A00.000Z&state=failed&at=older~2026-11-20T10%3A00%3A00.000Z~stripe%2Fevt_1";
        let (_, query) = text.split_once('?').unwrap();
        let filter = read(query).unwrap();
        assert_eq!(filter.address(filter.at.as_ref()).to_string(), text);
        assert_eq!(
            filter.command(),
            "coatcheck events ls --endpoint stripe --type 'invoice.*' --where customer=cus_1 --where 'plan=a&b' --since 2026-11-14T00:00:00.000Z --until 2026-11-21T00:00:00.000Z"
        );
        let plain = read("endpoint=&type=&where=&where=&until=&state=").unwrap();
        assert!(plain.is_newest() && !filter.is_newest());
        assert_eq!(plain.address(None).to_string(), "/events?since=24h");
        assert_eq!(plain.command(), "coatcheck events ls --since 24h");
        let later = "2026-11-22T13:00:00Z".parse().unwrap();
        assert!(!plain.fixed(later).is_newest());
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for query in [
            "endpoint=A+B",
            "type=*a",
            "where=customer",
            "where=Customer%3Da",
            "since=x",
            "since=0h",
            "since=99999999999d",
            "since=%C3%A9",
            "until=now",
            "state=any",
            "at=up",
        ] {
            assert!(read(query).is_err(), "{query}");
        }
    }
}

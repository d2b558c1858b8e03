use std::fmt;

use serde::Deserialize;

/// What this processor reads of a Stripe event about an invoice.
/// <https://docs.stripe.com/api/invoices/object>
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Invoice {
    id: String,
    customer: String,
    /// In the currency's smallest unit.
    amount_paid: i64,
    /// ISO 4217, in lower case.
    currency: String,
}

/// It is not an invoice. Shows nothing of the payload: its content does not
/// belong in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Problem {
    /// Not JSON, or a field of another type.
    Json { line: usize, column: usize },
    /// A field is missing.
    Missing(&'static str),
    /// The amount paid is negative.
    Negative,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json { line, column } => {
                write!(
                    f,
                    "the payload is not a Stripe event: see line {line}, column {column}"
                )
            }
            Self::Missing(field) => write!(f, "the invoice has no {field}"),
            Self::Negative => write!(f, "the invoice's amount_paid is negative"),
        }
    }
}

#[derive(Deserialize)]
struct StripeEvent {
    data: Option<Data>,
}

#[derive(Deserialize)]
struct Data {
    object: Option<Fields>,
}

#[derive(Deserialize)]
struct Fields {
    id: Option<String>,
    customer: Option<String>,
    amount_paid: Option<i64>,
    currency: Option<String>,
}

impl Invoice {
    /// Reads the event around the invoice; ignores everything else.
    pub(crate) fn read(payload: &[u8]) -> Result<Self, Problem> {
        let event: StripeEvent =
            serde_json::from_slice(payload).map_err(|error| Problem::Json {
                line: error.line(),
                column: error.column(),
            })?;
        let fields = event
            .data
            .and_then(|data| data.object)
            .ok_or(Problem::Missing("data.object"))?;
        let invoice = Self {
            id: fields.id.ok_or(Problem::Missing("id"))?,
            customer: fields.customer.ok_or(Problem::Missing("customer"))?,
            amount_paid: fields.amount_paid.ok_or(Problem::Missing("amount_paid"))?,
            currency: fields.currency.ok_or(Problem::Missing("currency"))?,
        };
        if invoice.amount_paid < 0 {
            return Err(Problem::Negative);
        }
        Ok(invoice)
    }

    /// How many digits follow the decimal point.
    /// <https://docs.stripe.com/currencies#minor-units>
    fn decimals(&self) -> usize {
        match self.currency.as_str() {
            "bif" | "clp" | "djf" | "gnf" | "jpy" | "kmf" | "krw" | "mga" | "pyg" | "rwf"
            | "vnd" | "vuv" | "xaf" | "xof" | "xpf" => 0,
            "bhd" | "jod" | "kwd" | "omr" | "tnd" => 3,
            _ => 2,
        }
    }
}

impl fmt::Display for Invoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = self.decimals();
        let digits = format!("{:0width$}", self.amount_paid, width = decimals + 1);
        let (whole, part) = digits.split_at(digits.len() - decimals);
        let point = if part.is_empty() { "" } else { "." };
        let Self {
            id,
            customer,
            currency,
            ..
        } = self;
        write!(
            f,
            "invoice {id} of {customer}: {whole}{point}{part} {currency} paid"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(object: &str) -> Result<Invoice, Problem> {
        Invoice::read(
            format!(
                r#"{{"id":"evt_1","object":"event","type":"invoice.paid","livemode":false,
                    "data":{{"object":{object},"previous_attributes":null}}}}"#
            )
            .as_bytes(),
        )
    }

    fn paid(amount: i64, currency: &str) -> String {
        with(&format!(
            r#"{{"id":"in_1","object":"invoice","customer":"cus_1","currency":"{currency}",
                 "amount_paid":{amount},"lines":{{"object":"list","data":[]}}}}"#
        ))
        .unwrap()
        .to_string()
    }

    #[test]
    fn says_what_was_paid_in_the_currency_s_own_units() {
        assert_eq!(paid(4900, "usd"), "invoice in_1 of cus_1: 49.00 usd paid");
        assert_eq!(paid(5, "eur"), "invoice in_1 of cus_1: 0.05 eur paid");
        assert_eq!(paid(4900, "jpy"), "invoice in_1 of cus_1: 4900 jpy paid");
        assert_eq!(paid(4900, "kwd"), "invoice in_1 of cus_1: 4.900 kwd paid");
        assert!(paid(i64::MAX, "usd").contains("92233720368547758.07"));
    }

    #[test]
    fn what_is_missing_is_named() {
        for (object, field) in [
            ("null", "data.object"),
            ("{}", "id"),
            (r#"{"id":"in_1"}"#, "customer"),
            (
                r#"{"id":"in_1","customer":"cus_1","currency":"usd"}"#,
                "amount_paid",
            ),
            (
                r#"{"id":"in_1","customer":"cus_1","amount_paid":1}"#,
                "currency",
            ),
        ] {
            assert_eq!(with(object), Err(Problem::Missing(field)), "{object}");
        }
        assert_eq!(Invoice::read(b"{}"), Err(Problem::Missing("data.object")));
    }

    #[test]
    fn nothing_can_be_paid_back_by_an_invoice() {
        let object = r#"{"id":"in_1","customer":"cus_1","currency":"usd","amount_paid":-1}"#;
        assert_eq!(with(object), Err(Problem::Negative));
    }

    #[test]
    fn what_is_not_an_event_is_told_without_showing_it() {
        for payload in [
            &b""[..],
            b"secret",
            b"{\"data\":",
            b"\xff\xfe",
            b"[]",
            br#"{"data":{"object":{"id":"in_1","amount_paid":"secret"}}}"#,
        ] {
            let problem = Invoice::read(payload).unwrap_err();
            assert!(matches!(problem, Problem::Json { .. }), "{problem:?}");
            assert!(!problem.to_string().contains("secret"), "{problem}");
        }
    }
}

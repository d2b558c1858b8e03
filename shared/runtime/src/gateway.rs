use std::{borrow::Cow, collections::BTreeMap, fmt};

use domain::Headers;
use serde::{Deserialize, Deserializer, de::Visitor};

/// A text of an event, not copied unless it was escaped.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Text<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AsIs;
        impl<'de> Visitor<'de> for AsIs {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(AsIs)
    }
}

impl AsRef<str> for Text<'_> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl From<Text<'_>> for String {
    fn from(text: Text<'_>) -> Self {
        text.0.into_owned()
    }
}

/// One value of each header, as API Gateway gives them.
pub type SingleHeaders<'a> = BTreeMap<Text<'a>, Option<Text<'a>>>;
/// Every value of each header, as API Gateway gives them.
pub type MultiHeaders<'a> = BTreeMap<Text<'a>, Option<Vec<Text<'a>>>>;

/// Every value of each parameter of the query, decoded, as API Gateway gives them.
pub type MultiQuery<'a> = BTreeMap<Text<'a>, Option<Vec<Text<'a>>>>;

/// A client certificate, which API Gateway passes to authorizers and to integrated functions once it has verified it.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mutual-tls.html>
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientCert {
    /// The certificate itself. The rest of what API Gateway says about it is in there.
    pub client_cert_pem: Option<String>,
}

/// The parameters of an API Gateway event's query.
#[must_use]
pub fn query(multi: Option<MultiQuery<'_>>) -> Vec<(String, String)> {
    multi
        .unwrap_or_default()
        .into_iter()
        .flat_map(|(name, values)| {
            values
                .unwrap_or_default()
                .into_iter()
                .map(move |value| (name.clone().into(), value.into()))
        })
        .collect()
}

/// The headers of an API Gateway event. `multiValueHeaders` has every value, `headers` only the
/// last of each, which would hide a second signature.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html>
#[must_use]
pub fn headers(single: Option<SingleHeaders<'_>>, multi: Option<MultiHeaders<'_>>) -> Headers {
    match multi {
        Some(all) if !all.is_empty() => {
            Headers::from_pairs(all.into_iter().flat_map(|(name, values)| {
                values
                    .unwrap_or_default()
                    .into_iter()
                    .map(move |value| (name.clone(), value))
            }))
        }
        _ => Headers::from_pairs(
            single
                .unwrap_or_default()
                .into_iter()
                .filter_map(|(name, value)| Some((name, value?))),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(single: &str, multi: &str) -> Headers {
        headers(
            serde_json::from_str(single).unwrap(),
            serde_json::from_str(multi).unwrap(),
        )
    }

    #[test]
    fn a_second_value_is_not_lost() {
        let headers = read(r#"{"X-Sig":"b"}"#, r#"{"X-Sig":["a","b"],"X-Null":null}"#);
        assert_eq!(headers.get_all("x-sig").collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn single_headers_serve_where_there_are_no_others() {
        for multi in ["null", "{}"] {
            assert_eq!(
                read(r#"{"X-Sig":"a","X-Null":null}"#, multi).one("x-sig"),
                Ok(Some("a"))
            );
        }
        assert_eq!(read("null", "null").one("x-sig"), Ok(None));
    }
}

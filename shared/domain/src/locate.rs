use serde::{Deserialize, Serialize};

/// Where a fact about an event is, for instance `{"json":"/data/id"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Location {
    /// The value of a header, by its lower-case name.
    Header(String),
    /// The scalar at a JSON pointer (RFC 6901) into the body.
    Json(String),
    /// A field of a form body (`application/x-www-form-urlencoded`).
    Form(String),
    /// Always this text.
    Literal(String),
    /// The values with a dot between them; absent unless all of them are there.
    Join(Vec<Location>),
    /// The first one that is there.
    First(Vec<Location>),
}

impl Location {
    /// The places that this one consists of; itself if it is simple.
    pub fn simple(&self) -> Box<dyn Iterator<Item = &Self> + '_> {
        match self {
            Self::Join(parts) | Self::First(parts) => Box::new(parts.iter().flat_map(Self::simple)),
            _ => Box::new(std::iter::once(self)),
        }
    }
}

/// Where the facts about an event are. `None`: the provider does not send the fact.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EventLocations {
    /// The provider's own id of the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Location>,
    /// What kind of event it is; subscriptions choose by it.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<Location>,
    /// What the event is about, for people and for `CloudEvents`' `subject`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<Location>,
    /// Events with the same ordering key keep their order in ordered subscriptions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ordering_key: Option<Location>,
    /// When it happened, by the provider's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Location>,
}

impl EventLocations {
    /// These locations if they are given, else the scheme's.
    #[must_use]
    pub fn or(&self, scheme: &Self) -> Self {
        let pick = |own: &Option<Location>, theirs: &Option<Location>| {
            own.clone().or_else(|| theirs.clone())
        };
        Self {
            id: pick(&self.id, &scheme.id),
            kind: pick(&self.kind, &scheme.kind),
            subject: pick(&self.subject, &scheme.subject),
            ordering_key: pick(&self.ordering_key, &scheme.ordering_key),
            occurred_at: pick(&self.occurred_at, &scheme.occurred_at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_documented_shapes() {
        let text = r#"{"id":{"header":"x-id"},"type":{"json":"/type"},"subject":{"literal":"s"}}"#;
        let read: EventLocations = serde_json::from_str(text).unwrap();
        assert_eq!(read.id, Some(Location::Header("x-id".into())));
        assert_eq!(read.kind, Some(Location::Json("/type".into())));
        assert_eq!(serde_json::to_string(&read).unwrap(), text);
        assert!(serde_json::from_str::<EventLocations>(r#"{"typ":{"json":"/type"}}"#).is_err());
    }

    #[test]
    fn a_location_tells_what_it_is_made_of() {
        let text =
            r#"{"first":[{"join":[{"json":"/a"},{"header":"b"}]},{"form":"c"},{"literal":"d"}]}"#;
        let read: Location = serde_json::from_str(text).unwrap();
        let simple: Vec<_> = read.simple().cloned().collect();
        assert_eq!(
            simple,
            [
                Location::Json("/a".into()),
                Location::Header("b".into()),
                Location::Form("c".into()),
                Location::Literal("d".into())
            ]
        );
    }

    #[test]
    fn the_endpoint_wins_over_its_scheme() {
        let own = EventLocations {
            id: Some(Location::Literal("own".into())),
            ..Default::default()
        };
        let scheme = EventLocations {
            id: Some(Location::Literal("scheme".into())),
            kind: Some(Location::Json("/t".into())),
            ..Default::default()
        };
        let both = own.or(&scheme);
        assert_eq!(both.id, own.id);
        assert_eq!(both.kind, scheme.kind);
    }
}

//! What people see of events whose endpoint has `redact`.

use domain::{
    AttributeName, AttributePlace, Endpoint, EndpointDirectory as _, EndpointName, REDACTED,
    RedactedView, RedactedWish, Ref, Withheld,
};
use serde_json::Value;

use crate::{Problem, Result, Sight, Stack, problem::WithContext as _};

/// The function that shows redacted payloads. A stack has it while an endpoint has `redact`.
const FUNCTION: &str = "redact";

/// What is not shown of the events of one endpoint.
#[derive(Debug)]
pub(crate) enum Hidden {
    /// Nothing.
    Nothing,
    /// What the endpoint says.
    Places(Box<Endpoint>),
    /// The endpoint is gone, in a stack where others redact: what it said is not known any more.
    Unknown,
}

impl Stack {
    /// The same stack, with the exact bytes of all payloads.
    #[must_use]
    pub fn revealed(mut self) -> Self {
        self.sight = Sight::Revealed;
        self
    }

    /// What people see of its events.
    pub fn sight(&self) -> Sight {
        self.sight
    }

    /// Whether an endpoint redacts anything.
    pub(crate) fn redacts(&self) -> bool {
        self.description.functions.contains_key(FUNCTION)
    }

    /// What is not shown of the events of an endpoint. No request in a stack where nothing is redacted.
    pub(crate) async fn hidden(&self, endpoint: &EndpointName) -> Result<Hidden> {
        if self.sight == Sight::Revealed || !self.redacts() {
            return Ok(Hidden::Nothing);
        }
        let table = self.description.tables.endpoints.clone();
        let config = aws::Endpoints::new(&self.sdk, table).find(endpoint).await?;
        let Some(config) = config else {
            return Ok(Hidden::Unknown);
        };
        let endpoint = Endpoint::from_json(&config)?;
        Ok(if endpoint.redact.is_empty() {
            Hidden::Nothing
        } else {
            Hidden::Places(Box::new(endpoint))
        })
    }

    /// What the function `redact` shows of an event's delivery.
    pub(crate) async fn redacted(
        &self,
        reference: &Ref,
        from: usize,
        at_most: usize,
    ) -> Result<RedactedView> {
        let function = self.description.functions.get(FUNCTION);
        let function = function.ok_or_else(|| {
            Problem::NotFound("the stack has no function `redact`: apply it again".to_owned())
        })?;
        let wish = RedactedWish {
            reference: reference.to_string(),
            from,
            at_most,
        };
        let wish = serde_json::to_vec(&wish).context("the question cannot be written")?;
        let functions = aws::operator::Functions::new(&self.sdk);
        let answer = functions.invoke(&function.name, wish).await?;
        serde_json::from_slice(&answer)
            .context("the function `redact` is of another version: apply this one")
    }
}

impl Hidden {
    /// Why nothing of a payload is shown, if the endpoint's word on it is lost.
    pub(crate) fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    pub(crate) fn is_nothing(&self) -> bool {
        matches!(self, Self::Nothing)
    }

    /// Whether the value of an attribute is not shown.
    pub(crate) fn hides(&self, attribute: &str) -> bool {
        // What Coatcheck itself says of an event is not taken from it.
        let name = AttributeName::try_from(attribute.to_owned());
        if name.is_ok_and(|name| name.is_reserved()) {
            return false;
        }
        match self {
            Self::Nothing => false,
            Self::Unknown => true,
            Self::Places(endpoint) => {
                let mut rules = endpoint.attributes.iter();
                // One that is declared no more may have been taken from anywhere.
                rules
                    .find(|(name, _)| name.as_str() == attribute)
                    .is_none_or(|(_, rule)| match &rule.place {
                        AttributePlace::Json(pointer) => endpoint.redacts_pointer(pointer),
                        AttributePlace::Header(name) => endpoint.redacts_header(name),
                    })
            }
        }
    }

    /// Hides values of a pointer's item: attributes, and the keys by which they are found and compared.
    pub(crate) fn mask_image(&self, image: &mut aws::Image) {
        if self.is_nothing() {
            return;
        }
        for (member, value) in image.iter_mut() {
            let is_hidden = match member.split_once('_') {
                Some(("x" | "n", name)) => self.hides(name),
                Some(("find", _)) => true,
                _ => false,
            };
            if is_hidden && !value.is_empty() {
                REDACTED.clone_into(value);
            }
        }
    }

    /// Hides values of a whole event: of the stack's attributes, and a payload in it.
    pub(crate) fn mask_event<'a>(
        &self,
        event: &mut Value,
        declared: impl Iterator<Item = &'a str>,
    ) {
        let Some(event) = event.as_object_mut().filter(|_| !self.is_nothing()) else {
            return;
        };
        for name in declared.filter(|name| self.hides(name)) {
            if let Some(value) = event.get_mut(name)
                && value.as_str() != Some("")
            {
                *value = REDACTED.into();
            }
        }
        if let Some(dataref) = event.get_mut("dataref")
            && dataref
                .as_str()
                .is_some_and(|text| text.starts_with("data:"))
        {
            *dataref = REDACTED.into();
        }
    }
}

/// Why nothing of a payload is shown, for people.
pub(crate) fn why(withheld: Withheld, reference: &Ref) -> String {
    let endpoint = &reference.endpoint;
    let reveal = "with the policy `reveal`, --reveal shows it";
    match withheld {
        Withheld::NoEvent => format!("no event {reference}: its pointer has expired"),
        Withheld::NoEndpoint => format!(
            "the endpoint {endpoint} is gone, so it is not known what of its payloads is redacted: {reveal}"
        ),
        Withheld::NotRedacted => {
            format!("the endpoint {endpoint} redacts nothing any more: try again")
        }
        Withheld::NotJson => format!(
            "the endpoint {endpoint} redacts places of JSON, and the payload has another media type: {reveal}"
        ),
        Withheld::Unreadable => format!(
            "the endpoint {endpoint} redacts places of JSON, and the payload is not sound JSON: {reveal}"
        ),
        Withheld::Gone => format!("the payload of {reference} is gone"),
        Withheld::Altered => format!(
            "what is stored is not the payload of {reference}: its SHA-256 differs from the pointer's. \
             Someone has written to the bucket or to the table"
        ),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn places() -> Hidden {
        let config = r#"{"name":"a","scheme":"github","redact":["/user","x-user"],"attributes":{
            "email":{"json":"/user/email"},"plan":{"json":"/plan"},"who":{"header":"x-user"}}}"#;
        Hidden::Places(Box::new(Endpoint::from_json(config).unwrap()))
    }

    #[test]
    fn attributes_from_redacted_places_are_hidden_and_no_others() {
        let hidden = places();
        for (name, expected) in [
            ("email", true),
            ("who", true),
            ("plan", false),
            ("old", true),
            ("schemacheck", false),
        ] {
            assert_eq!(hidden.hides(name), expected, "{name}");
        }
        assert!(!Hidden::Nothing.hides("email") && Hidden::Unknown.hides("plan"));
    }

    #[test]
    fn a_pointer_and_an_event_are_shown_without_them() {
        let members = [
            ("x_email", "CANARY"),
            ("n_email", "CANARY"),
            ("find_1", "a#email=CANARY"),
            ("x_plan", "free"),
            ("x_who", ""),
            ("type", "push"),
        ];
        let image = || members.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let mut shown: aws::Image = image().into();
        places().mask_image(&mut shown);
        assert_eq!(
            (
                &*shown["x_email"],
                &*shown["x_plan"],
                &*shown["x_who"],
                &*shown["type"]
            ),
            (REDACTED, "free", "", "push")
        );
        assert!(!format!("{shown:?}").contains("CANARY"), "{shown:?}");
        let mut whole: aws::Image = image().into();
        Hidden::Nothing.mask_image(&mut whole);
        assert_eq!(whole, image().into());

        let event = || json!({"email": "CANARY", "plan": "free", "who": "", "dataref": "data:;base64,Q0FOQVJZ"});
        let declared = ["email", "plan", "who", "absent"];
        let mut shown = event();
        places().mask_event(&mut shown, declared.into_iter());
        assert_eq!(
            shown,
            json!({"email": REDACTED, "plan": "free", "who": "", "dataref": REDACTED})
        );
        let mut whole = event();
        Hidden::Nothing.mask_event(&mut whole, declared.into_iter());
        assert_eq!(whole, event());
        let mut object = json!({"dataref": "s3://b/k", "plan": "free"});
        Hidden::Unknown.mask_event(&mut object, declared.into_iter());
        assert_eq!(object, json!({"dataref": "s3://b/k", "plan": REDACTED}));
    }
}

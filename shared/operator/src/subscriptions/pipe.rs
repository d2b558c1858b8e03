use crate::{
    Result,
    stack::{FAN, ROUTER, StackDescription, StreamPipe, Subscription, unknown},
};

/// What reads for a subscription, for the router, or for `fan`: a pipe, or a mapping that calls `deliver`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pipe<'a> {
    /// Whose it is: a subscription's name, `router` or `fan`.
    pub owner: &'a str,
    /// The pipe's own name, or that of the function that reads the queue in its place.
    pub name: &'a str,
    /// The UUID of the event source mapping that feeds the function, if there is no pipe.
    pub mapping: Option<&'a str>,
    /// Whether it should run, by Terraform's configuration.
    pub enabled: bool,
    /// The queue it reads; none if it reads the stream, which keeps an event for a day.
    pub queue_url: Option<&'a str>,
    /// The queue of its dead letters, which `rehydrate` turns into events; none if it reads a
    /// queue, which has a DLQ.
    pub dead_letters_url: Option<&'a str>,
    /// The DLQ of its events.
    pub dlq_url: &'a str,
}

impl<'a> Pipe<'a> {
    /// The router's pipe and that of `fan`, then those of the subscriptions.
    pub fn all(description: &'a StackDescription) -> Vec<Self> {
        let router = Self::of_stream(ROUTER, &description.router);
        let fan = description.fan.as_ref();
        let fan = fan.map(|fan| Self::of_stream(FAN, fan));
        let subscriptions = description
            .subscriptions
            .iter()
            .map(|(name, one)| Self::of(name, one));
        std::iter::once(router)
            .chain(fan)
            .chain(subscriptions)
            .collect()
    }

    fn of_stream(owner: &'a str, pipe: &'a StreamPipe) -> Self {
        Self {
            owner,
            name: &pipe.pipe,
            mapping: None,
            enabled: true,
            queue_url: None,
            dead_letters_url: Some(&pipe.dead_letters_url),
            dlq_url: &pipe.dlq_url,
        }
    }

    /// What reads the queue of a subscription.
    pub(crate) fn of(name: &'a str, one: &'a Subscription) -> Self {
        let deliver = one.deliver.as_ref();
        let function = deliver.map(|deliver| deliver.function.as_str());
        Self {
            owner: name,
            name: one.pipe.as_deref().or(function).unwrap_or_default(),
            mapping: deliver.map(|deliver| deliver.mapping.as_str()),
            enabled: one.enabled,
            queue_url: Some(&one.queue_url),
            dead_letters_url: None,
            dlq_url: &one.dlq_url,
        }
    }

    /// The pipe of this owner; an error names the ones that exist.
    pub fn named(description: &'a StackDescription, name: &str) -> Result<Self> {
        let all = Self::all(description);
        let names: Vec<String> = all.iter().map(|pipe| pipe.owner.to_owned()).collect();
        all.into_iter()
            .find(|pipe| pipe.owner == name)
            .ok_or_else(|| unknown("subscription", name, names.iter()))
    }

    /// What to know once it was started by hand.
    pub fn start_remark(&self) -> Option<&'static str> {
        let remark = "Terraform has enabled = false for it: the next `terraform apply` stops it";
        (!self.enabled).then_some(remark)
    }

    /// Whether events wait in the stream while it is stopped.
    pub fn reads_stream(&self) -> bool {
        self.queue_url.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::sample;

    #[test]
    fn the_router_and_the_subscriptions_by_their_names() {
        let description = sample();
        let names: Vec<&str> = Pipe::all(&description)
            .iter()
            .map(|pipe| pipe.owner)
            .collect();
        assert_eq!(names, ["router", "fan", "invoices", "ledger"]);
        for name in ["router", "fan"] {
            let pipe = Pipe::named(&description, name).unwrap();
            assert!(pipe.reads_stream() && pipe.enabled, "{name}");
        }
        let invoices = Pipe::named(&description, "invoices").unwrap();
        assert!(!invoices.reads_stream());
        assert_eq!(invoices.name, "coatcheck-invoices");
        let unknown = Pipe::named(&description, "x").unwrap_err().to_string();
        assert!(
            unknown.contains("router, fan, invoices, ledger"),
            "{unknown}"
        );
    }
}

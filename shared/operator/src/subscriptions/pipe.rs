use crate::{
    Result,
    stack::{Description, ROUTER, unknown},
};

/// A pipe that brings events to somebody: a subscription's, or the router's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pipe<'a> {
    /// The subscription's name, or `router`.
    pub name: &'a str,
    /// The pipe's own.
    pub pipe: &'a str,
    /// Whether Terraform wants it to run.
    pub enabled: bool,
    /// What it reads; none where that is the stream, which forgets after a day.
    pub queue_url: Option<&'a str>,
    /// Where it puts what it gives up until `rehydrate` makes events of it; none where its
    /// queue does that.
    pub letters_url: Option<&'a str>,
    /// Where events end that nobody could be given.
    pub dlq_url: &'a str,
}

impl<'a> Pipe<'a> {
    /// The router's, then those of the subscriptions.
    pub fn all(description: &'a Description) -> Vec<Self> {
        let router = &description.router;
        let router = Self {
            name: ROUTER,
            pipe: &router.pipe,
            enabled: true,
            queue_url: None,
            letters_url: Some(&router.letters_url),
            dlq_url: &router.dlq_url,
        };
        let subscriptions = description.subscriptions.iter().map(|(name, one)| Self {
            name,
            pipe: &one.pipe,
            enabled: one.enabled,
            queue_url: one.queue_url.as_deref(),
            letters_url: one.letters_url.as_deref(),
            dlq_url: &one.dlq_url,
        });
        std::iter::once(router).chain(subscriptions).collect()
    }

    /// The one of this name, or an error that names those there are.
    pub fn named(description: &'a Description, name: &str) -> Result<Self> {
        let all = Self::all(description);
        let names: Vec<String> = all.iter().map(|pipe| pipe.name.to_owned()).collect();
        all.into_iter()
            .find(|pipe| pipe.name == name)
            .ok_or_else(|| unknown("subscription", name, names.iter()))
    }

    /// Whether what comes meanwhile waits in the stream alone.
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
            .map(|pipe| pipe.name)
            .collect();
        assert_eq!(names, ["router", "invoices", "ledger"]);
        let router = Pipe::named(&description, "router").unwrap();
        assert!(router.reads_stream() && router.enabled);
        let invoices = Pipe::named(&description, "invoices").unwrap();
        assert!(!invoices.reads_stream());
        assert_eq!(invoices.pipe, "coatcheck-invoices");
        let unknown = Pipe::named(&description, "x").unwrap_err().to_string();
        assert!(unknown.contains("router, invoices, ledger"), "{unknown}");
    }
}

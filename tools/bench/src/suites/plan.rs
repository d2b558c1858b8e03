//! What there is to measure, and what was measured.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::delivery::Content;
use crate::measure::{Figures, Plan};
use crate::program::Program;
use crate::stats::size;
use crate::tls::Identity;

/// Names of programs, in rows and tables.
pub(crate) mod name {
    pub(crate) const INGEST: &str = "ingest";
    pub(crate) const FLOOR: &str = "floor";
    pub(crate) const NAIVE: &str = "naive";
    pub(crate) const AUTHORIZER: &str = "authorizer";
    pub(crate) const ADMIT: &str = "admit";
    pub(crate) const READ: &str = "read";
    pub(crate) const PROCESSOR: &str = "processor";
    pub(crate) const DELIVER: &str = "deliver";
    pub(crate) const FORWARD: &str = "forward";
}

/// A part of the bench, which can be run by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Suite {
    /// Every program from its start to its first answer, with TLS.
    Start,
    /// `ingest`, beside the floor, a naive ingest and the peers.
    Door,
    /// `authorizer`.
    Authorizer,
    /// `admit`, beside one that only reads the object.
    Admit,
    /// A processor by the SDK, with 10 and 100 events at once.
    Processor,
    /// `deliver`, beside one that only reads and posts.
    Deliver,
}

impl Suite {
    pub(crate) const ALL: [Self; 6] = [
        Self::Start,
        Self::Door,
        Self::Authorizer,
        Self::Admit,
        Self::Processor,
        Self::Deliver,
    ];
}

/// The figures of one program for one kind of work.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Row {
    pub(crate) suite: Suite,
    pub(crate) program: String,
    pub(crate) content: Content,
    pub(crate) bytes: usize,
    /// Events in an invocation.
    pub(crate) events: usize,
    pub(crate) tls: bool,
    #[serde(flatten)]
    pub(crate) figures: Figures,
}

/// All that can be measured.
pub(crate) struct Programs {
    pub(crate) ingest: Program,
    /// What receives deliveries as `ingest` does: the floor, the naive ingest, peers.
    pub(crate) others: Vec<Program>,
    pub(crate) authorizer: Program,
    pub(crate) admit: Program,
    /// Reads the object of `admit` by the same SDK, and does nothing with it.
    pub(crate) reader: Program,
    /// `audit`, which reads its payload and does nothing else: what it takes is the SDK's.
    pub(crate) processor: Program,
    pub(crate) deliver: Program,
    /// Reads and posts the object of `deliver` by the same libraries, and does nothing else.
    pub(crate) forwarder: Program,
}

impl Programs {
    /// The functions are in a folder, the others beside this program.
    pub(crate) fn find(functions: &Path, peers: Vec<Program>) -> anyhow::Result<Self> {
        let own = std::env::current_exe()?;
        let function = |name, file: &str| Program::ours(name, &functions.join(file));
        let beside = |name, file: &str| Program::ours(name, &own.with_file_name(file));
        // It writes no pointer.
        let floor = Program {
            pointer: false,
            ..beside(name::FLOOR, "floor")
        };
        let mut others = vec![floor, beside(name::NAIVE, "naive-ingest")];
        others.extend(peers);
        Ok(Self {
            ingest: function(name::INGEST, "ingest"),
            others,
            authorizer: function(name::AUTHORIZER, "authorizer"),
            admit: function(name::ADMIT, "admit"),
            reader: beside(name::READ, "object-reader"),
            processor: function(name::PROCESSOR, "audit"),
            deliver: function(name::DELIVER, "deliver"),
            forwarder: beside(name::FORWARD, "object-forwarder"),
        })
    }

    /// The one of this name.
    pub(crate) fn named(&self, name: &str) -> Option<&Program> {
        let others = [
            &self.authorizer,
            &self.admit,
            &self.processor,
            &self.deliver,
        ];
        self.receivers()
            .chain(others)
            .find(|program| program.name == name)
    }

    /// Those that receive deliveries.
    pub(super) fn receivers(&self) -> impl Iterator<Item = &Program> {
        std::iter::once(&self.ingest).chain(&self.others)
    }
}

/// How a run is made.
pub(crate) struct Settings {
    pub(crate) plan: Plan,
    /// Whether warm invocations reach everything over TLS, too.
    pub(crate) tls: bool,
    pub(crate) suites: Vec<Suite>,
    /// Of deliveries, in bytes.
    pub(crate) sizes: Vec<usize>,
    /// Where the zips of the functions are, if they are built.
    pub(crate) packages: PathBuf,
}

/// A run in progress.
pub(super) struct Bench<'a> {
    pub(super) programs: &'a Programs,
    pub(super) settings: &'a Settings,
    pub(super) identity: Identity,
    pub(super) started: Instant,
}

impl Bench<'_> {
    /// With which identity warm invocations reach AWS.
    pub(super) fn identity(&self) -> Option<&Identity> {
        Some(&self.identity).filter(|_| self.settings.tls)
    }

    pub(super) fn done(&self, what: &str, bytes: usize) {
        let whole = Duration::from_secs(self.started.elapsed().as_secs());
        eprintln!("{whole:>6?}  {what}, {}: done", size(bytes));
    }
}

//! The pipes that exist, their states, and what moves them from one state to the next.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use emulator::Clock;
use jiff::Timestamp;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tracing::{info, warn};

use crate::api::error::ApiError;
use crate::api::shapes::RequestedState;
use crate::definition::Definition;
use crate::runner::checkpoint::Checkpoints;
use crate::state::State;

/// What checks and runs pipes. A test uses one that does neither.
pub(crate) trait Engine: Send + Sync + 'static {
    /// Whether the pipe could work: its role, rights, source and target.
    ///
    /// # Errors
    /// The state reason: what is missing, and where.
    fn check(&self, definition: &Definition) -> impl Future<Output = Result<(), String>> + Send;

    /// Runs the pipe until `stop` says so.
    fn run(
        &self,
        definition: Definition,
        checkpoints: Checkpoints,
        stop: watch::Receiver<bool>,
    ) -> impl Future<Output = ()> + Send;
}

/// A pipe as `DescribePipe` returns it.
#[derive(Debug, Clone)]
pub(crate) struct Pipe {
    pub(crate) definition: Definition,
    pub(crate) state: State,
    pub(crate) reason: Option<String>,
    pub(crate) created: Timestamp,
    pub(crate) modified: Timestamp,
}

struct Entry {
    pipe: Pipe,
    checkpoints: Checkpoints,
    run: Option<Run>,
}

struct Run {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// All pipes of the account and region.
pub(crate) struct Pipes<E> {
    engine: Arc<E>,
    clock: Clock,
    entries: Mutex<BTreeMap<String, Entry>>,
}

/// AWS's limit of a state reason.
const REASON: usize = 512;

impl<E: Engine> Pipes<E> {
    pub(crate) fn new(engine: E, clock: Clock) -> Arc<Self> {
        Arc::new(Self {
            engine: Arc::new(engine),
            clock,
            entries: Mutex::default(),
        })
    }

    pub(crate) fn get(&self, name: &str) -> Result<Pipe, ApiError> {
        self.lock()
            .get(name)
            .map(|entry| entry.pipe.clone())
            .ok_or_else(|| ApiError::NotFound(name.to_owned()))
    }

    /// All pipes by name.
    pub(crate) fn all(&self) -> Vec<Pipe> {
        self.lock()
            .values()
            .map(|entry| entry.pipe.clone())
            .collect()
    }

    pub(crate) fn create(self: &Arc<Self>, definition: Definition) -> Result<Pipe, ApiError> {
        let name = definition.name.clone();
        let mut entries = self.lock();
        if entries.contains_key(&name) {
            return Err(conflict(&name, format!("Pipe {name} already exists.")));
        }
        let now = self.clock.now();
        let pipe = Pipe {
            definition,
            state: State::Creating,
            reason: None,
            created: now,
            modified: now,
        };
        let entry = Entry {
            pipe: pipe.clone(),
            checkpoints: Checkpoints::default(),
            run: None,
        };
        entries.insert(name.clone(), entry);
        drop(entries);
        info!(pipe = name, "creating");
        let pipes = Arc::clone(self);
        tokio::spawn(async move { pipes.bring_up(&name, State::CreateFailed).await });
        Ok(pipe)
    }

    /// Checks the new declaration first: one that cannot work leaves the old one running.
    pub(crate) fn update(self: &Arc<Self>, definition: Definition) -> Result<Pipe, ApiError> {
        let name = definition.name.clone();
        let (pipe, before) = self.begin(&name, State::Updating, |entry| {
            if entry.pipe.state == State::CreateFailed {
                return Err("its creation failed, so you can only delete it".to_owned());
            }
            let before = (entry.pipe.state, entry.pipe.definition.clone());
            entry.pipe.definition = definition;
            Ok(before)
        })?;
        let pipes = Arc::clone(self);
        tokio::spawn(async move { pipes.replace(&name, before).await });
        Ok(pipe)
    }

    pub(crate) fn start(self: &Arc<Self>, name: &str) -> Result<Pipe, ApiError> {
        let (pipe, ()) = self.begin(name, State::Starting, |entry| {
            if !matches!(entry.pipe.state, State::Stopped | State::StartFailed) {
                return Err(format!(
                    "you can only start a stopped pipe, and it is {}",
                    entry.pipe.state.spelled()
                ));
            }
            entry.pipe.definition.desired = RequestedState::Running;
            Ok(())
        })?;
        let (pipes, name) = (Arc::clone(self), name.to_owned());
        tokio::spawn(async move { pipes.bring_up(&name, State::StartFailed).await });
        Ok(pipe)
    }

    pub(crate) fn stop(self: &Arc<Self>, name: &str) -> Result<Pipe, ApiError> {
        let (pipe, run) = self.begin(name, State::Stopping, |entry| {
            if !matches!(entry.pipe.state, State::Running | State::UpdateFailed) {
                return Err(format!(
                    "you can only stop a running pipe, and it is {}",
                    entry.pipe.state.spelled()
                ));
            }
            entry.pipe.definition.desired = RequestedState::Stopped;
            Ok(entry.run.take())
        })?;
        let (pipes, name) = (Arc::clone(self), name.to_owned());
        tokio::spawn(async move {
            halt(run).await;
            pipes.settle(&name, State::Stopped, None, None);
        });
        Ok(pipe)
    }

    pub(crate) fn delete(self: &Arc<Self>, name: &str) -> Result<Pipe, ApiError> {
        let (pipe, run) = self.begin(name, State::Deleting, |entry| Ok(entry.run.take()))?;
        let (pipes, name) = (Arc::clone(self), name.to_owned());
        tokio::spawn(async move {
            halt(run).await;
            pipes.lock().remove(&name);
            info!(pipe = name, "deleted");
        });
        Ok(pipe)
    }

    /// Changes tags, which is possible in every state.
    pub(crate) fn retag(
        &self,
        name: &str,
        change: impl FnOnce(&mut BTreeMap<String, String>) -> Result<(), ApiError>,
    ) -> Result<(), ApiError> {
        let mut entries = self.lock();
        let entry = entries
            .get_mut(name)
            .ok_or_else(|| ApiError::NotFound(name.to_owned()))?;
        let mut tags = entry.pipe.definition.tags.clone();
        change(&mut tags)?;
        entry.pipe.definition.tags = tags;
        Ok(())
    }

    /// Ends every run, so that no work is cut off: for the end of the process.
    pub(crate) async fn shut_down(&self) {
        let runs: Vec<Run> = self
            .lock()
            .values_mut()
            .filter_map(|entry| entry.run.take())
            .collect();
        for run in &runs {
            run.stop.send_replace(true);
        }
        for run in runs {
            halt(Some(run)).await;
        }
    }

    fn begin<T>(
        &self,
        name: &str,
        state: State,
        change: impl FnOnce(&mut Entry) -> Result<T, String>,
    ) -> Result<(Pipe, T), ApiError> {
        let mut entries = self.lock();
        let entry = entries
            .get_mut(name)
            .ok_or_else(|| ApiError::NotFound(name.to_owned()))?;
        if !entry.pipe.state.settled() {
            return Err(conflict(
                name,
                format!("Pipe {name} is {}: try again.", entry.pipe.state.spelled()),
            ));
        }
        let value =
            change(entry).map_err(|reason| conflict(name, format!("Pipe {name}: {reason}.")))?;
        entry.pipe.state = state;
        entry.pipe.reason = None;
        entry.pipe.modified = self.clock.now();
        info!(pipe = name, state = state.spelled(), "state");
        Ok((entry.pipe.clone(), value))
    }

    async fn bring_up(self: &Arc<Self>, name: &str, failed: State) {
        let Ok(pipe) = self.get(name) else { return };
        match self.engine.check(&pipe.definition).await {
            Ok(()) => self.go(name),
            Err(reason) => self.settle(name, failed, Some(reason), None),
        }
    }

    async fn replace(self: &Arc<Self>, name: &str, before: (State, Definition)) {
        let Ok(pipe) = self.get(name) else { return };
        if let Err(reason) = self.engine.check(&pipe.definition).await {
            let (_, definition) = before;
            if let Some(entry) = self.lock().get_mut(name) {
                entry.pipe.definition = definition;
            }
            self.settle(name, State::UpdateFailed, Some(reason), None);
            return;
        }
        let run = self.lock().get_mut(name).and_then(|entry| entry.run.take());
        halt(run).await;
        self.go(name);
    }

    /// Settles a checked pipe into what its declaration wants.
    fn go(self: &Arc<Self>, name: &str) {
        let Ok(pipe) = self.get(name) else { return };
        if pipe.definition.desired == RequestedState::Stopped {
            self.settle(name, State::Stopped, None, None);
            return;
        }
        let Some(checkpoints) = self.lock().get(name).map(|entry| entry.checkpoints.clone()) else {
            return;
        };
        let (stop, stopped) = watch::channel(false);
        let engine = Arc::clone(&self.engine);
        let task =
            tokio::spawn(async move { engine.run(pipe.definition, checkpoints, stopped).await });
        self.settle(name, State::Running, None, Some(Run { stop, task }));
    }

    fn settle(&self, name: &str, state: State, reason: Option<String>, run: Option<Run>) {
        let mut entries = self.lock();
        let Some(entry) = entries.get_mut(name) else {
            return;
        };
        match &reason {
            Some(reason) => warn!(pipe = name, state = state.spelled(), reason, "state"),
            None => info!(pipe = name, state = state.spelled(), "state"),
        }
        entry.pipe.state = state;
        entry.pipe.reason = reason.map(|reason| reason.chars().take(REASON).collect());
        if run.is_some() {
            entry.run = run;
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Entry>> {
        // Nothing panics while it holds the lock; if something did, the map is still whole.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn halt(run: Option<Run>) {
    let Some(run) = run else { return };
    run.stop.send_replace(true);
    // A run that panicked has ended too.
    let _ended = run.task.await;
}

fn conflict(name: &str, message: String) -> ApiError {
    ApiError::Conflict {
        name: name.to_owned(),
        message,
    }
}

//! Changes that go on after their form was answered: a redrive, or a pause that ends by itself.
//! The console ends after them: it asks each to stop, and a pipe that one holds runs again.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use operator::{Progress, Stop, Tone};
use tokio::sync::watch;

use crate::{address::Address, running::Running};

/// How many jobs are remembered after their end.
const REMEMBERED: usize = 50;

/// What a job is.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// What it changes: one job at a time does.
    pub(crate) subject: String,
    /// What it does, for people and for the log: `redrive 3 dead letters of invoices`.
    pub(crate) what: String,
    /// The page of its subject.
    pub(crate) back: Address,
    /// Whether it can be ended early.
    pub(crate) can_stop: bool,
}

/// How a job ended.
#[derive(Debug, Clone)]
pub(crate) struct Done {
    /// How well.
    pub(crate) tone: Tone,
    /// With what.
    pub(crate) text: String,
}

/// What is seen of a job.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// Another number after each change.
    pub(crate) version: u64,
    /// What it does now.
    pub(crate) doing: String,
    /// How many there are.
    pub(crate) of: Option<u64>,
    /// How many are done.
    pub(crate) done: u64,
    /// What it remarked.
    pub(crate) notes: Vec<String>,
    /// How it ended; none while it runs.
    pub(crate) end: Option<Done>,
}

/// A change that goes on.
#[derive(Debug)]
pub(crate) struct Job {
    /// Its number.
    pub(crate) id: u64,
    /// What it is.
    pub(crate) plan: Plan,
    seen: Mutex<Seen>,
    stop: watch::Sender<bool>,
}

impl Job {
    /// What is seen of it now.
    pub(crate) fn seen(&self) -> Seen {
        self.lock().clone()
    }

    /// What requests its end.
    pub(crate) fn stopped(&self) -> Stop {
        Stop::new(self.stop.subscribe())
    }

    /// Whether it has not ended yet.
    pub(crate) fn is_running(&self) -> bool {
        self.lock().end.is_none()
    }

    /// Asks it to end early and in order.
    pub(crate) fn stop(&self) {
        self.stop.send_replace(true);
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn update(&self, change: impl FnOnce(&mut Seen)) {
        let mut seen = self.lock();
        change(&mut seen);
        seen.version += 1;
    }

    /// Says how it ended; what was said first stays.
    pub(crate) fn end(&self, tone: Tone, text: String) {
        self.update(|seen| {
            if seen.end.is_none() {
                seen.end = Some(Done { tone, text });
            }
        });
    }
}

impl Progress for Job {
    fn doing(&self, what: &str) {
        self.update(|seen| what.clone_into(&mut seen.doing));
    }

    fn of(&self, many: u64) {
        self.update(|seen| seen.of = Some(many));
    }

    fn done(&self, many: u64) {
        self.update(|seen| seen.done = many);
    }

    fn note(&self, text: &str) {
        self.update(|seen| seen.notes.push(text.to_owned()));
    }
}

/// The jobs of a console.
#[derive(Debug, Default)]
pub(crate) struct Jobs {
    all: Mutex<(u64, VecDeque<Arc<Job>>)>,
    running: Running,
}

impl Jobs {
    /// The job of this number.
    pub(crate) fn find(&self, id: u64) -> Option<Arc<Job>> {
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.1.iter().find(|job| job.id == id).cloned()
    }

    /// The job that is changing this now.
    pub(crate) fn on(&self, subject: &str) -> Option<Arc<Job>> {
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.1.iter().find(|job| is_running(job, subject)).cloned()
    }

    /// What the page of this subject shows: the job of this number if it is about the subject, else
    /// the one that runs.
    pub(crate) fn about(&self, subject: &str, asked: Option<&str>) -> Option<Arc<Job>> {
        let asked = asked.and_then(|id| self.find(id.parse().ok()?));
        let asked = asked.filter(|job| job.plan.subject == subject);
        asked.or_else(|| self.on(subject))
    }

    /// Whether none runs.
    pub(crate) fn is_idle(&self) -> bool {
        self.running.is_idle()
    }

    /// Waits until all have ended, and lets none start again.
    pub(crate) async fn ended(&self) {
        self.running.ended().await;
    }

    /// One more runs, until this is dropped.
    pub(crate) async fn begin(&self) -> impl Send + 'static {
        self.running.begin().await
    }

    /// A new job; the one that is changing the same thing, if there is one.
    pub(crate) fn add(&self, plan: Plan) -> Result<Arc<Job>, Arc<Job>> {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let (last, jobs) = &mut *all;
        if let Some(job) = jobs.iter().find(|job| is_running(job, &plan.subject)) {
            return Err(Arc::clone(job));
        }
        *last += 1;
        let job = Arc::new(Job {
            id: *last,
            plan,
            seen: Mutex::default(),
            stop: watch::Sender::new(false),
        });
        jobs.push_back(Arc::clone(&job));
        let ended = |job: &Arc<Job>| job.lock().end.is_some();
        if jobs.len() > REMEMBERED
            && let Some(oldest) = jobs.iter().position(ended)
        {
            jobs.remove(oldest);
        }
        Ok(job)
    }
}

fn is_running(job: &Job, subject: &str) -> bool {
    job.plan.subject == subject && job.is_running()
}

/// The page of what a job changes, which shows how far it is.
pub(crate) fn page_of(job: &Job) -> Address {
    let back = job.plan.back.clone();
    back.with("job", &job.id.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(subject: &str) -> Plan {
        Plan {
            subject: subject.to_owned(),
            what: format!("pause {subject}"),
            back: Address::to(&["subscriptions", subject]),
            can_stop: true,
        }
    }

    #[test]
    fn one_at_a_time_changes_a_thing() {
        let jobs = Jobs::default();
        let first = jobs.add(plan("invoices")).unwrap();
        assert_eq!(jobs.on("invoices").unwrap().id, first.id);
        assert!(jobs.on("ledger").is_none());
        assert_eq!(jobs.add(plan("invoices")).unwrap_err().id, first.id);
        assert!(jobs.add(plan("ledger")).is_ok());
        first.end(Tone::Good, "runs again".to_owned());
        assert!(jobs.on("invoices").is_none());
        let id = first.id.to_string();
        assert_eq!(jobs.about("invoices", Some(&id)).unwrap().id, first.id);
        assert!(jobs.about("invoices", None).is_none());
        assert_ne!(jobs.about("ledger", Some(&id)).unwrap().id, first.id);
        let second = jobs.add(plan("invoices")).unwrap();
        assert_ne!(first.id, second.id);
        assert_eq!(
            jobs.find(first.id).unwrap().seen().end.unwrap().text,
            "runs again"
        );
    }

    #[test]
    fn what_runs_is_never_forgotten() {
        let jobs = Jobs::default();
        let runs = jobs.add(plan("ledger")).unwrap();
        for _ in 0..2 * REMEMBERED {
            let job = jobs.add(plan("invoices")).unwrap();
            job.end(Tone::Good, String::new());
        }
        assert!(jobs.find(runs.id).is_some());
        assert!(jobs.all.lock().unwrap().1.len() <= REMEMBERED + 1);
    }

    #[test]
    fn each_change_has_another_version() {
        let jobs = Jobs::default();
        let job = jobs.add(plan("invoices")).unwrap();
        let before = job.seen().version;
        job.of(3);
        job.done(1);
        job.note("a remark");
        let seen = job.seen();
        assert_eq!((seen.of, seen.done, seen.notes.len()), (Some(3), 1, 1));
        assert_eq!(seen.version, before + 3);
        job.end(Tone::Good, "done".to_owned());
        job.end(Tone::Bad, "broke off".to_owned());
        assert_eq!(job.seen().end.unwrap().text, "done");
    }
}

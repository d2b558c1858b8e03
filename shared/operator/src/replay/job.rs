//! A replay that you can stop at any moment and resume: what to do, and how far it is, in a
//! file.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
};

use aws::Listed;
use domain::{EndpointName, Ref, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    Problem, Result, Stack,
    events::{Having, Query},
    problem::{WithContext as _, refuse},
};

/// How to route events again.
#[derive(Debug, Clone, Copy)]
pub struct ReplayOptions<'a> {
    /// To this subscription alone; none means all.
    pub subscription: Option<&'a str>,
    /// Whether processors handle events again that they have completed.
    pub force: bool,
    /// Events a second, at most.
    pub rate: u32,
}

/// A replay: what to do, and how far it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplayJob {
    /// The replay's id.
    pub id: String,
    pub(super) stack: String,
    pub(super) region: String,
    /// The subscription; none means all.
    pub subscription: Option<String>,
    pub(super) force: bool,
    pub(super) endpoint: Option<EndpointName>,
    pub(super) types: Vec<String>,
    pub(super) from: Timestamp,
    /// Exclusive; fixed at the start, so that the replay ends.
    pub(super) until: Timestamp,
    /// Events a second.
    pub(super) rate: u32,
    /// How many events were counted at the start.
    pub total: u64,
    /// What happened to them so far.
    pub tally: ReplayTally,
    pub(super) cursor: Option<Position>,
}

/// What happened to the events so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplayTally {
    /// Sent.
    pub sent: u64,
    /// Not sent: their pointers have expired since they were counted.
    pub gone: u64,
    /// Not sent: their payloads have expired, so no processor could redeem them.
    pub without_payload: u64,
}

impl ReplayTally {
    /// How many events are done.
    pub fn done(&self) -> u64 {
        self.sent + self.gone + self.without_payload
    }
}

/// Everything before this time is done; of the time itself, these events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Position {
    at: Timestamp,
    refs: Vec<String>,
}

impl ReplayJob {
    /// A job that has not started, and whose events are not counted yet.
    pub(super) fn new(
        id: String,
        options: &ReplayOptions<'_>,
        stack: &Stack,
        query: Query,
    ) -> Self {
        Self {
            id,
            stack: stack.description.stack.clone(),
            region: stack.description.region.clone(),
            subscription: options.subscription.map(str::to_owned),
            force: options.force,
            endpoint: query.endpoint,
            types: query.kinds,
            from: query.from,
            until: query.until,
            rate: options.rate,
            total: 0,
            tally: ReplayTally::default(),
            cursor: None,
        }
    }

    /// Refuses a job of another stack.
    pub fn check(&self, stack: &Stack) -> Result<()> {
        let description = &stack.description;
        if (&self.stack, &self.region) != (&description.stack, &description.region) {
            refuse!(
                "the replay {} belongs to the stack {} in {}: pass --stack and --region",
                self.id,
                self.stack,
                self.region
            );
        }
        Ok(())
    }

    /// The events that remain, oldest first.
    pub(super) fn query(&self) -> Query {
        Query {
            endpoint: self.endpoint.clone(),
            kinds: self.types.clone(),
            from: self.cursor.as_ref().map_or(self.from, |cursor| cursor.at),
            until: self.until,
            newest_first: false,
            named: None,
            having: Having::default(),
            page: Query::WHOLE,
        }
    }

    /// Whether this event is done: only events of the cursor's time can be read again.
    pub(super) fn is_done(&self, row: &Listed) -> bool {
        let cursor = self.cursor.as_ref();
        cursor.is_some_and(|cursor| {
            cursor.at == row.received_at && cursor.refs.contains(&row.reference.to_string())
        })
    }

    /// Marks an event as done. Events come in the order of their times.
    pub(super) fn advance(&mut self, at: Timestamp, reference: &Ref) {
        let reference = reference.to_string();
        match &mut self.cursor {
            Some(cursor) if cursor.at == at => cursor.refs.push(reference),
            cursor => {
                *cursor = Some(Position {
                    at,
                    refs: vec![reference],
                });
            }
        }
    }
}

/// The folder of jobs, one file each.
#[derive(Debug)]
pub struct ReplayJobs(PathBuf);

/// The file of a job, locked against other processes.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    /// Holds the lock.
    _lock: File,
    lock_path: PathBuf,
}

impl ReplayJobs {
    /// Jobs in this folder, which is created when needed.
    pub fn new(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// Locks the file of a new job.
    pub fn begin(&self, id: &str) -> Result<Journal> {
        fs::create_dir_all(&self.0).context(format!("{} cannot be created", self.0.display()))?;
        self.lock(id)
    }

    /// Reads a job that was stopped, and locks its file.
    pub fn resume(&self, id: &str) -> Result<(ReplayJob, Journal)> {
        let path = self.path(id)?;
        if !path.exists() {
            return Err(Problem::NotFound(format!(
                "no stopped replay {id}: it has finished, or was started on another machine \
                 or by another user ({})",
                self.0.display()
            )));
        }
        let journal = self.lock(id)?;
        let text = fs::read(&path).context(format!("{} cannot be read", path.display()))?;
        let job = serde_json::from_slice(&text).context(format!(
            "{} is not a replay of this version",
            path.display()
        ))?;
        Ok((job, journal))
    }

    fn path(&self, id: &str) -> Result<PathBuf> {
        let is_id = !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if !is_id {
            refuse!("{id:?} is not the id of a replay");
        }
        Ok(self.0.join(format!("{id}.json")))
    }

    fn lock(&self, id: &str) -> Result<Journal> {
        let path = self.path(id)?;
        let lock_path = path.with_extension("lock");
        let unusable = format!("{} cannot be locked", lock_path.display());
        let lock = File::create(&lock_path).context(&unusable)?;
        match lock.try_lock() {
            Ok(()) => Ok(Journal {
                path,
                _lock: lock,
                lock_path,
            }),
            Err(TryLockError::WouldBlock) => {
                refuse!("another process on this machine is running the replay {id}")
            }
            Err(TryLockError::Error(problem)) => Err(problem).context(unusable),
        }
    }
}

impl Journal {
    /// Writes the job's state, atomically.
    pub fn keep(&self, job: &ReplayJob) -> Result<()> {
        let text = serde_json::to_vec_pretty(job).context("a job has no JSON form")?;
        write_whole(&self.path, &text).context(format!("{} cannot be written", self.path.display()))
    }

    /// Removes the files of a finished job.
    pub fn end(self) {
        // If a file stays, the job only looks resumable.
        let _ = fs::remove_file(&self.path);
        let _ = fs::remove_file(&self.lock_path);
    }
}

fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let part = path.with_extension("part");
    let mut file = File::create(&part)?;
    file.write_all(bytes)?;
    file.sync_data()?;
    fs::rename(&part, path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::listed;

    fn job() -> ReplayJob {
        ReplayJob {
            id: "r-1".to_owned(),
            stack: "coatcheck".to_owned(),
            region: "us-east-1".to_owned(),
            subscription: None,
            force: false,
            endpoint: None,
            types: vec!["invoice.*".to_owned()],
            from: at("10:00:00"),
            until: at("11:00:00"),
            rate: 100,
            total: 3,
            tally: ReplayTally::default(),
            cursor: None,
        }
    }

    fn at(time: &str) -> Timestamp {
        format!("2026-11-22T{time}Z").parse().unwrap()
    }

    fn row(reference: &str, time: &str) -> Listed {
        listed(reference, &format!("2026-11-22T{time}Z"))
    }

    fn jobs() -> (tempfile::TempDir, ReplayJobs) {
        let dir = tempfile::tempdir().unwrap();
        let jobs = ReplayJobs(dir.path().join("replays"));
        (dir, jobs)
    }

    #[test]
    fn goes_on_after_the_last_and_with_the_others_of_its_moment() {
        let mut job = job();
        let (one, two, three) = (
            row("a/1", "10:00:01"),
            row("a/2", "10:00:01"),
            row("a/3", "10:00:02"),
        );
        job.advance(one.received_at, &one.reference);
        assert_eq!(job.query().from, at("10:00:01"));
        assert!(job.is_done(&one) && !job.is_done(&two) && !job.is_done(&three));
        job.advance(two.received_at, &two.reference);
        assert!(job.is_done(&one) && job.is_done(&two));
        job.advance(three.received_at, &three.reference);
        assert_eq!(job.query().from, at("10:00:02"));
        assert!(job.is_done(&three) && !job.is_done(&row("a/4", "10:00:02")));
    }

    #[test]
    fn is_there_until_it_is_done() {
        let (_dir, jobs) = jobs();
        let journal = jobs.begin("r-1").unwrap();
        let mut job = job();
        journal.keep(&job).unwrap();
        job.tally.sent = 2;
        job.advance(at("10:00:01"), &"a/1".parse().unwrap());
        journal.keep(&job).unwrap();
        drop(journal);
        let (read, journal) = jobs.resume("r-1").unwrap();
        assert_eq!(read, job);
        journal.end();
        let gone = jobs.resume("r-1").map(|(job, _)| job).unwrap_err();
        assert!(gone.to_string().contains("no stopped replay"), "{gone}");
    }

    #[test]
    fn one_at_a_time_works_on_it() {
        let (_dir, jobs) = jobs();
        let first = jobs.begin("r-1").unwrap();
        first.keep(&job()).unwrap();
        let second = jobs.resume("r-1").map(|(job, _)| job).unwrap_err();
        assert!(second.to_string().contains("another process"), "{second}");
        drop(first);
        assert!(jobs.resume("r-1").is_ok());
    }

    #[test]
    fn an_id_names_no_other_file() {
        let (_dir, jobs) = jobs();
        for id in ["", "../r-1", "a/b", "r 1"] {
            assert!(jobs.resume(id).is_err(), "{id}");
        }
    }
}

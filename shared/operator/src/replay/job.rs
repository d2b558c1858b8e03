//! A replay that can be stopped at any moment and gone on with: what it is to do, and how
//! far it is, in a file.

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
    events::Query,
    problem::{Because as _, refuse},
};

/// What a replay is to do, and how far it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Names the replay.
    pub id: String,
    pub(super) stack: String,
    pub(super) region: String,
    /// None means all.
    pub subscription: Option<String>,
    pub(super) force: bool,
    pub(super) endpoint: Option<EndpointName>,
    pub(super) types: Vec<String>,
    pub(super) from: Timestamp,
    /// Exclusive; fixed at the start, so that it ends.
    pub(super) until: Timestamp,
    /// Events a second.
    pub(super) rate: u32,
    /// Events, as counted at the start.
    pub total: u64,
    /// What became of them so far.
    pub tally: Tally,
    pub(super) cursor: Option<Cursor>,
}

/// What became of the events so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// On their way.
    pub sent: u64,
    /// Their pointers have expired since they were counted.
    pub gone: u64,
    /// Their payloads have expired: nobody could redeem them.
    pub without_payload: u64,
}

impl Tally {
    /// All that were looked at.
    pub fn done(&self) -> u64 {
        self.sent + self.gone + self.without_payload
    }
}

/// Everything up to this moment is done; of the moment itself, these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cursor {
    at: Timestamp,
    refs: Vec<String>,
}

impl Job {
    /// Refuses the job of another stack.
    pub fn check(&self, stack: &Stack) -> Result<()> {
        let description = &stack.description;
        if (&self.stack, &self.region) != (&description.stack, &description.region) {
            refuse!(
                "the replay {} is of the stack {} in {}: say --stack and --region",
                self.id,
                self.stack,
                self.region
            );
        }
        Ok(())
    }

    /// What is to be read still, oldest first.
    pub(super) fn query(&self) -> Query {
        Query {
            endpoint: self.endpoint.clone(),
            kinds: self.types.clone(),
            from: self.cursor.as_ref().map_or(self.from, |cursor| cursor.at),
            until: self.until,
            newest_first: false,
            page: Query::WHOLE,
        }
    }

    /// Whether it is done with this one: only those of the cursor's moment can come again.
    pub(super) fn is_done(&self, row: &Listed) -> bool {
        let cursor = self.cursor.as_ref();
        cursor.is_some_and(|cursor| {
            cursor.at == row.received_at && cursor.refs.contains(&row.reference.to_string())
        })
    }

    /// Is done with this one. They come in the order of their moments.
    pub(super) fn advance(&mut self, at: Timestamp, reference: &Ref) {
        let reference = reference.to_string();
        match &mut self.cursor {
            Some(cursor) if cursor.at == at => cursor.refs.push(reference),
            cursor => {
                *cursor = Some(Cursor {
                    at,
                    refs: vec![reference],
                });
            }
        }
    }
}

/// Where jobs are kept, one file each.
#[derive(Debug)]
pub struct Jobs(PathBuf);

/// The file of a job that nobody else works on.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    /// Locked while this one lives.
    _lock: File,
    lock_path: PathBuf,
}

impl Jobs {
    /// In this folder, which is made when it is needed.
    pub fn new(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// Opens the file of a new job.
    pub fn begin(&self, id: &str) -> Result<Journal> {
        fs::create_dir_all(&self.0).because(format!("{} cannot be made", self.0.display()))?;
        self.lock(id)
    }

    /// Reads a job that was stopped, and opens its file.
    pub fn resume(&self, id: &str) -> Result<(Job, Journal)> {
        let path = self.path(id)?;
        if !path.exists() {
            return Err(Problem::NotFound(format!(
                "there is no stopped replay {id}: it is done, or was begun on another machine \
                 or by another user ({})",
                self.0.display()
            )));
        }
        let journal = self.lock(id)?;
        let text = fs::read(&path).because(format!("{} cannot be read", path.display()))?;
        let job = serde_json::from_slice(&text).because(format!(
            "{} is not a replay of this version",
            path.display()
        ))?;
        Ok((job, journal))
    }

    fn path(&self, id: &str) -> Result<PathBuf> {
        let is_id = !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if !is_id {
            refuse!("{id:?} is no id of a replay");
        }
        Ok(self.0.join(format!("{id}.json")))
    }

    fn lock(&self, id: &str) -> Result<Journal> {
        let path = self.path(id)?;
        let lock_path = path.with_extension("lock");
        let unusable = format!("{} cannot be locked", lock_path.display());
        let lock = File::create(&lock_path).because(&unusable)?;
        match lock.try_lock() {
            Ok(()) => Ok(Journal {
                path,
                _lock: lock,
                lock_path,
            }),
            Err(TryLockError::WouldBlock) => {
                refuse!("somebody is at work on the replay {id} on this machine")
            }
            Err(TryLockError::Error(problem)) => Err(problem).because(unusable),
        }
    }
}

impl Journal {
    /// Keeps how far the job is: whole, or as it was before.
    pub fn keep(&self, job: &Job) -> Result<()> {
        let text = serde_json::to_vec_pretty(job).because("a job has no JSON form")?;
        write_whole(&self.path, &text).because(format!("{} cannot be written", self.path.display()))
    }

    /// The job is done: nothing is left of it.
    pub fn end(self) {
        // A file that stays says no more than that the job could be gone on with.
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

    fn job() -> Job {
        Job {
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
            tally: Tally::default(),
            cursor: None,
        }
    }

    fn at(time: &str) -> Timestamp {
        format!("2026-11-22T{time}Z").parse().unwrap()
    }

    fn row(reference: &str, time: &str) -> Listed {
        Listed {
            reference: reference.parse().unwrap(),
            id: String::new(),
            kind: String::new(),
            subject: String::new(),
            size: 0,
            received_at: at(time),
            request_id: None,
        }
    }

    fn jobs() -> (tempfile::TempDir, Jobs) {
        let dir = tempfile::tempdir().unwrap();
        let jobs = Jobs(dir.path().join("replays"));
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
        assert!(second.to_string().contains("at work"), "{second}");
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

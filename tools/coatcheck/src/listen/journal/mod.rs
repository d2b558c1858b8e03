//! The file in which a listener remembers where it is: one JSON value per line.
//!
//! A line is added after each delivery, so that a listener that is killed repeats at most the
//! delivery under way. At the start, and when the file has grown, it is written again as a whole
//! and replaces the old one at once.

use std::{
    collections::BTreeMap,
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{ErrorKind, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};
use domain::{Digest, Ref, Timestamp};
use operator::listen::{Depth, EventMark, Look, Place};
use serde::{Deserialize, Serialize};

/// Lines beyond what a whole file would have, before it is written again.
const SPARE_LINES: usize = 20_000;

/// An event that was not delivered, or is about to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Event {
    #[serde(rename = "ref", with = "text")]
    pub(super) reference: Ref,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) received_at: Timestamp,
    pub(super) bytes: u64,
}

impl Event {
    pub(super) fn mark(&self) -> EventMark {
        EventMark::new(&self.reference, self.received_at)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    /// What is delivered to where: the file belongs to no other.
    For(String),
    Place {
        floor: Timestamp,
        near: Timestamp,
        deep: Timestamp,
    },
    /// Delivered, or gone.
    Done(i64, u64),
    /// To be sent again.
    Kept(Event),
}

#[derive(Debug)]
pub(super) struct Journal {
    place: Place,
    kept: BTreeMap<EventMark, Event>,
    path: PathBuf,
    file: File,
    lines: usize,
    identity: String,
    /// Held until the end.
    _lock: File,
}

impl Journal {
    /// Opens the file of this listener; `None` for the place: there was none yet.
    pub(super) fn open(folder: &Path, identity: &str, now: Timestamp) -> Result<(Self, bool)> {
        let mut name = Digest::of(identity).to_string();
        name.truncate(16);
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .with_context(|| format!("{} cannot be created", folder.display()))?;
        let lock = lock(&folder.join(format!("{name}.lock")))?;
        let path = folder.join(format!("{name}.jsonl"));
        let text = match fs::read_to_string(&path) {
            Err(problem) if problem.kind() == ErrorKind::NotFound => None,
            read => Some(read.with_context(|| unreadable(&path))?),
        };
        let mut place = Place::beginning(now);
        let mut kept = BTreeMap::new();
        if let Some(text) = &text {
            read(text, identity, &mut place, &mut kept).with_context(|| unreadable(&path))?;
        }
        let (file, lines) = write(&path, identity, &place, &kept)?;
        let journal = Self {
            place,
            kept,
            path,
            file,
            lines,
            identity: identity.to_owned(),
            _lock: lock,
        };
        Ok((journal, text.is_some()))
    }

    pub(super) fn place(&self) -> &Place {
        &self.place
    }

    /// What waits to be sent again, the oldest first.
    pub(super) fn kept(&self) -> &BTreeMap<EventMark, Event> {
        &self.kept
    }

    /// Goes to another time. `forget`: also what was delivered is to be delivered again.
    pub(super) fn go_to(&mut self, at: Timestamp, forget: bool) -> Result<()> {
        if forget {
            self.place = Place::beginning(at);
        }
        self.place.go_to(at);
        let floor = at.as_millisecond();
        self.kept.retain(|mark, _| mark.at_ms >= floor && !forget);
        self.rewrite()
    }

    /// The event was delivered, or can never be.
    pub(super) fn done(&mut self, event: &Event) -> Result<()> {
        let mark = event.mark();
        self.place.settle(mark);
        self.kept.remove(&mark);
        self.add(&Line::Done(mark.at_ms, mark.digest))
    }

    /// The event is to be sent again.
    pub(super) fn keep(&mut self, event: &Event) -> Result<()> {
        let mark = event.mark();
        self.place.settle(mark);
        if self.kept.insert(mark, event.clone()).is_some() {
            return Ok(());
        }
        self.add(&Line::Kept(event.clone()))
    }

    /// Everything in a look is settled.
    pub(super) fn complete(&mut self, look: &Look) -> Result<()> {
        self.place.complete(look);
        // After a crash, the next look begins a little earlier.
        if look.depth > Depth::Near {
            self.add(&place_line(&self.place))?;
        }
        Ok(())
    }

    /// The last word, before a clean end.
    pub(super) fn close(&mut self) -> Result<()> {
        self.rewrite()
    }

    fn add(&mut self, line: &Line) -> Result<()> {
        let text = json(line)?;
        self.file
            .write_all(text.as_bytes())
            .with_context(|| format!("{} cannot be written", self.path.display()))?;
        self.lines += 1;
        if self.lines > self.place.settled().len() + self.kept.len() + SPARE_LINES {
            self.rewrite()?;
        }
        Ok(())
    }

    fn rewrite(&mut self) -> Result<()> {
        (self.file, self.lines) = write(&self.path, &self.identity, &self.place, &self.kept)?;
        Ok(())
    }
}

fn unreadable(path: &Path) -> String {
    let path = path.display();
    format!("{path} cannot be read: delete it to start over, with --since")
}

fn lock(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    let options = options.create(true).write(true).truncate(false).mode(0o600);
    let file = options.open(path);
    let file = file.with_context(|| format!("{} cannot be opened", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => bail!(
            "another `coatcheck listen` on this machine delivers the same events to the same place: end it first"
        ),
        Err(TryLockError::Error(problem)) => {
            Err(problem).with_context(|| format!("{} cannot be locked", path.display()))
        }
    }
}

fn place_line(place: &Place) -> Line {
    Line::Place {
        floor: place.floor,
        near: place.near,
        deep: place.deep,
    }
}

fn json(line: &Line) -> Result<String> {
    let mut text = serde_json::to_string(line).context("the state cannot be written as JSON")?;
    text.push('\n');
    Ok(text)
}

fn read(
    text: &str,
    identity: &str,
    place: &mut Place,
    kept: &mut BTreeMap<EventMark, Event>,
) -> Result<()> {
    let mut is_ours = false;
    // A line without an end was cut off when the listener was killed.
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    for (at, line) in whole.lines().enumerate() {
        let line = serde_json::from_str(line).with_context(|| format!("line {}", at + 1))?;
        match line {
            Line::For(whose) => is_ours = whose == identity,
            Line::Place { floor, near, deep } => {
                (place.floor, place.near, place.deep) = (floor, near, deep);
            }
            Line::Done(at_ms, digest) => {
                let mark = EventMark { at_ms, digest };
                place.settle(mark);
                kept.remove(&mark);
            }
            Line::Kept(event) => {
                let mark = event.mark();
                place.settle(mark);
                kept.insert(mark, event);
            }
        }
    }
    ensure!(is_ours, "it belongs to another listener");
    Ok(())
}

fn write(
    path: &Path,
    identity: &str,
    place: &Place,
    kept: &BTreeMap<EventMark, Event>,
) -> Result<(File, usize)> {
    let mut text = json(&Line::For(identity.to_owned()))?;
    text += &json(&place_line(place))?;
    let mut lines = 2;
    for mark in place.settled().filter(|mark| !kept.contains_key(mark)) {
        text += &json(&Line::Done(mark.at_ms, mark.digest))?;
        lines += 1;
    }
    for event in kept.values() {
        text += &json(&Line::Kept(event.clone()))?;
        lines += 1;
    }
    let part = path.with_extension("part");
    let written = || {
        let mut options = OpenOptions::new();
        let options = options.create(true).write(true).truncate(true).mode(0o600);
        let mut file = options.open(&part)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&part, path)?;
        Ok::<_, std::io::Error>(file)
    };
    let file = written().with_context(|| format!("{} cannot be written", path.display()))?;
    Ok((file, lines))
}

mod text {
    use domain::Ref;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(reference: &Ref, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(reference)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Ref, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests;

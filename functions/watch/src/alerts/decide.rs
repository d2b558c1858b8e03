//! When an alert is sent.

use aws::Remembered;
use domain::{SignedDuration, Timestamp};

/// At most one message that something is wrong in this time, for each trouble and topic.
pub(crate) const QUIET: SignedDuration = SignedDuration::from_mins(15);

/// After this time without a message, one says that the trouble still lasts.
const REMIND: SignedDuration = SignedDuration::from_hours(24);

/// For so long a run may take to send what it has claimed. Longer than a run may work on alerts,
/// and shorter than the time to the next run.
const CLAIM: SignedDuration = SignedDuration::from_secs(50);

/// How it is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sighting {
    /// There is trouble, and so much of it.
    Trouble(u64),
    /// There is none.
    Fine,
    /// The part of the stack no longer exists, or is no longer meant to run.
    Gone,
    /// It could not be seen, or it is between two states.
    Unknown,
}

/// What there is to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum News {
    /// It began.
    Began,
    /// It grew.
    Grew,
    /// It lasts.
    Lasts,
    /// It is over.
    Over,
    /// What it was about is gone.
    Gone,
}

/// What to do about one trouble and one topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Nothing.
    Wait,
    /// Say it.
    Say(News),
    /// Remember that there is less of it, so that the next growth is seen.
    Note(u64),
}

/// Decides by what was said before.
pub(crate) fn step(before: Option<&Remembered>, now: Timestamp, sighting: Sighting) -> Step {
    let claimed = before.and_then(|one| one.claimed_until);
    if claimed.is_some_and(|until| until > now) {
        return Step::Wait;
    }
    let said_at = before.and_then(|one| one.said_at);
    let quiet_for = said_at.map_or(SignedDuration::MAX, |at| now.duration_since(at));
    let open = before.filter(|one| one.open);
    match (open, sighting) {
        (None, Sighting::Trouble(_)) if quiet_for >= QUIET => Step::Say(News::Began),
        (Some(said), Sighting::Trouble(count)) => {
            if count > said.count && quiet_for >= QUIET {
                Step::Say(News::Grew)
            } else if quiet_for >= REMIND {
                Step::Say(News::Lasts)
            } else if count < said.count {
                Step::Note(count)
            } else {
                Step::Wait
            }
        }
        (Some(_), Sighting::Fine) => Step::Say(News::Over),
        (Some(_), Sighting::Gone) => Step::Say(News::Gone),
        _ => Step::Wait,
    }
}

/// What to write before something is said. The run that writes it first sends it.
pub(crate) fn claim(before: Option<&Remembered>, key: &str, now: Timestamp) -> Remembered {
    let blank = Remembered {
        key: key.to_owned(),
        version: 0,
        open: false,
        since: now,
        said_at: None,
        count: 0,
        claimed_until: None,
    };
    let before = before.cloned().unwrap_or(blank);
    Remembered {
        version: before.version.saturating_add(1),
        since: if before.open { before.since } else { now },
        claimed_until: now.saturating_add(CLAIM).ok(),
        ..before
    }
}

/// What to write after it was said.
pub(crate) fn said(claimed: Remembered, news: News, count: u64, now: Timestamp) -> Remembered {
    let open = !matches!(news, News::Over | News::Gone);
    Remembered {
        version: claimed.version.saturating_add(1),
        open,
        // That it is over does not count: otherwise a trouble that returns at once would be
        // said twice in that time.
        said_at: if open { Some(now) } else { claimed.said_at },
        count,
        claimed_until: None,
        ..claimed
    }
}

/// What to write if there is less of it.
pub(crate) fn noted(before: &Remembered, count: u64) -> Remembered {
    Remembered {
        version: before.version.saturating_add(1),
        count,
        ..before.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        format!("2026-11-22T{text}Z").parse().unwrap()
    }

    /// Three dead letters, said at five.
    fn open() -> Remembered {
        let claimed = claim(None, "k", at("05:00:00"));
        said(claimed, News::Began, 3, at("05:00:00"))
    }

    #[test]
    fn each_change_is_said_and_nothing_is_said_twice() {
        use Sighting::{Fine, Gone, Trouble, Unknown};
        let open = open();
        let over = said(
            claim(Some(&open), "k", at("05:05:00")),
            News::Over,
            0,
            at("05:05:00"),
        );
        for (before, now, sighting, expected) in [
            (None, "05:00:00", Trouble(1), Step::Say(News::Began)),
            (None, "05:00:00", Fine, Step::Wait),
            (None, "05:00:00", Gone, Step::Wait),
            (None, "05:00:00", Unknown, Step::Wait),
            (Some(&open), "05:01:00", Trouble(3), Step::Wait),
            (Some(&open), "05:14:59", Trouble(9), Step::Wait),
            (Some(&open), "05:15:00", Trouble(9), Step::Say(News::Grew)),
            (Some(&open), "05:15:00", Trouble(3), Step::Wait),
            (Some(&open), "05:15:00", Trouble(2), Step::Note(2)),
            (Some(&open), "05:01:00", Fine, Step::Say(News::Over)),
            (Some(&open), "05:01:00", Gone, Step::Say(News::Gone)),
            (Some(&open), "23:59:00", Unknown, Step::Wait),
            (Some(&over), "05:14:59", Trouble(1), Step::Wait),
            (Some(&over), "05:15:00", Trouble(1), Step::Say(News::Began)),
            (Some(&over), "05:15:00", Fine, Step::Wait),
        ] {
            let found = step(before, at(now), sighting);
            assert_eq!(found, expected, "{before:?} {now} {sighting:?}");
        }
        let next_day = "2026-11-23T05:00:00Z".parse().unwrap();
        assert_eq!(
            step(Some(&open), next_day, Trouble(3)),
            Step::Say(News::Lasts)
        );
    }

    #[test]
    fn what_was_noted_makes_the_next_growth_visible() {
        let fewer = noted(&open(), 1);
        assert_eq!((fewer.version, fewer.count, fewer.open), (3, 1, true));
        let later = step(Some(&fewer), at("05:15:00"), Sighting::Trouble(2));
        assert_eq!(later, Step::Say(News::Grew));
    }

    #[test]
    fn a_claim_keeps_others_off_until_the_next_run() {
        let claimed = claim(None, "k", at("05:00:00"));
        let trouble = Sighting::Trouble(1);
        assert_eq!(step(Some(&claimed), at("05:00:49"), trouble), Step::Wait);
        let next = step(Some(&claimed), at("05:00:50"), trouble);
        assert_eq!(next, Step::Say(News::Began), "the run that claimed it died");
    }

    #[test]
    fn a_trouble_keeps_its_beginning_until_it_is_over() {
        let open = open();
        let grew = claim(Some(&open), "k", at("05:20:00"));
        assert_eq!((grew.since, grew.version), (at("05:00:00"), 3));
        let over = said(grew, News::Over, 0, at("05:20:00"));
        assert_eq!(
            (over.since, over.said_at),
            (at("05:00:00"), Some(at("05:00:00")))
        );
        let again = claim(Some(&over), "k", at("06:00:00"));
        assert_eq!((again.since, again.version), (at("06:00:00"), 5));
    }
}

use std::fmt;

/// Why a value is left out. No delivery is refused for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unkept {
    /// Nothing is there, or `null`, or an empty text.
    Missing,
    /// An object or an array.
    NotScalar,
    /// Longer than a value may be.
    TooLong,
    /// It has a control character, or one that is no character.
    Characters,
    /// The attribute is a number, and this is none.
    NotNumber,
    /// The body is no sound JSON, or a key or a header is there twice.
    Unreadable,
    /// The values before it, in the order of names, took the room.
    NoRoom,
}

impl Unkept {
    const ALL: [Self; 7] = [
        Self::Missing,
        Self::NotScalar,
        Self::TooLong,
        Self::Characters,
        Self::NotNumber,
        Self::Unreadable,
        Self::NoRoom,
    ];

    /// The stable code for logs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::NotScalar => "not_scalar",
            Self::TooLong => "too_long",
            Self::Characters => "characters",
            Self::NotNumber => "not_number",
            Self::Unreadable => "unreadable",
            Self::NoRoom => "no_room",
        }
    }
}

/// How many values of one delivery were left out, by reason. Shown as `missing 2, too_long 1`, which names no attribute and
/// shows no value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LeftOut([u8; 7]);

impl LeftOut {
    /// One more.
    pub fn count(&mut self, why: Unkept) {
        if let Some(count) = self.0.get_mut(why as usize) {
            *count = count.saturating_add(1);
        }
    }

    /// How many were left out for this reason.
    #[must_use]
    pub fn of(&self, why: Unkept) -> u64 {
        self.0.get(why as usize).copied().unwrap_or_default().into()
    }

    /// How many were there and could not be kept.
    #[must_use]
    pub fn unusable(&self) -> u64 {
        Unkept::ALL.map(|why| self.of(why)).iter().sum::<u64>() - self.of(Unkept::Missing)
    }

    /// Whether none was.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for why in Unkept::ALL {
            match self.of(why) {
                0 => {}
                count => {
                    write!(f, "{separator}{} {count}", why.code())?;
                    separator = ", ";
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_by_reason() {
        let mut left_out = LeftOut::default();
        assert!(left_out.is_empty());
        for why in [Unkept::TooLong, Unkept::Missing, Unkept::Missing] {
            left_out.count(why);
        }
        assert_eq!(left_out.to_string(), "missing 2, too_long 1");
        assert_eq!((left_out.of(Unkept::Missing), left_out.unusable()), (2, 1));
        let mut all = LeftOut::default();
        for why in Unkept::ALL {
            all.count(why);
        }
        assert_eq!(all.unusable(), 6);
        assert_eq!(all.0, [1; 7]);
    }
}

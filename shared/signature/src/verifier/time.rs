//! When a delivery was signed, and whether that is near enough.

use scan::{JsonPointer, Scalar, ScanError};

use crate::{
    Rejection, TimestampUnit, Verifier,
    clock::{self, Moment},
};

impl Verifier {
    pub(crate) fn json_clock(&self) -> Option<(&JsonPointer, TimestampUnit)> {
        self.kind.json_clock()
    }

    /// The timestamp that a scan of the signed body found.
    pub(crate) fn read_json_clock(
        &self,
        found: Result<Vec<Option<Scalar>>, ScanError>,
    ) -> Result<Moment, Rejection> {
        let Some((_, unit)) = self.json_clock() else {
            return Err(Rejection::TimestampMissing);
        };
        let first = found
            .map_err(|_| Rejection::TimestampMalformed)?
            .into_iter()
            .next()
            .flatten();
        match first {
            Some(Scalar::String(text) | Scalar::Number(text)) => {
                clock::parse(&text, unit).map(Moment::at)
            }
            Some(_) => Err(Rejection::TimestampMalformed),
            None => Err(Rejection::TimestampMissing),
        }
    }

    pub(crate) fn check_time(
        &self,
        moment: Option<Moment>,
        now_unix_s: i64,
    ) -> Result<(), Rejection> {
        moment.map_or(Ok(()), |moment| moment.check(self.window(), now_unix_s))
    }
}

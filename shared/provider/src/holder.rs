use domain::Location;

/// A delivery in the making, in which a fact of an event can be written.
pub(crate) trait Holder: Clone {
    /// Writes a text at a place that is a header, a JSON pointer or a form field; false if it
    /// does not fit there.
    fn hold(&mut self, place: &Location, value: &str) -> bool;

    /// Writes a text where the endpoint looks for it, in the first place that fits; false if none
    /// does.
    fn put(&mut self, place: &Location, value: &str) -> bool {
        match place {
            Location::Literal(text) => text == value,
            Location::Join(parts) => {
                let pieces: Vec<&str> = value.splitn(parts.len(), '.').collect();
                let mut whole = self.clone();
                let fits = pieces.len() == parts.len()
                    && parts
                        .iter()
                        .zip(pieces)
                        .all(|(part, piece)| whole.put(part, piece));
                if fits {
                    *self = whole;
                }
                fits
            }
            Location::First(parts) => parts.iter().any(|part| self.put(part, value)),
            Location::Header(_) | Location::Json(_) | Location::Form(_) => self.hold(place, value),
        }
    }
}

use aws::ListedObject;
use domain::Timestamp;

/// Objects of the direct lane that have no pointer.
#[derive(Debug, Default)]
pub(crate) struct Unjudged {
    /// The oldest.
    pub(crate) objects: Vec<ListedObject>,
    /// How many there are besides these.
    pub(crate) more: u64,
    /// When the youngest delivery came that has been judged and was good.
    pub(crate) judged_up_to: Option<Timestamp>,
}

impl Unjudged {
    /// The most held in memory: a run announces far fewer, but may find that a message is
    /// under way for many.
    const HELD: usize = 10_000;

    pub(crate) fn add(&mut self, object: ListedObject) {
        self.objects.push(object);
        // Not for each one: sorting costs more than holding twice as many.
        if self.objects.len() >= 2 * Self::HELD {
            self.cut();
        }
    }

    pub(crate) fn judged(&mut self, received_at: Timestamp) {
        self.judged_up_to = self.judged_up_to.max(Some(received_at));
    }

    pub(crate) fn extend(&mut self, other: Self) {
        self.objects.extend(other.objects);
        self.more += other.more;
        self.judged_up_to = self.judged_up_to.max(other.judged_up_to);
        self.cut();
    }

    fn cut(&mut self) {
        self.objects.sort_by_key(|object| object.modified_at);
        self.more += self.objects.len().saturating_sub(Self::HELD) as u64;
        self.objects.truncate(Self::HELD);
    }
}

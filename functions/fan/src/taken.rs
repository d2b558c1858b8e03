use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// As many events are remembered for each queue: many batches of them.
const MOST: usize = 10_000;

/// Which events queues have taken, of batches that come again: by the queue's URL, the ids of their records.
///
/// A FIFO queue recognises a repetition for 5 minutes only, and one queue that is busy can make a batch come again for
/// hours. Without this the other queues would get its events again every 5 minutes. It is the memory of one environment:
/// what another one has sent is sent again.
#[derive(Debug, Default)]
pub(crate) struct Taken(Mutex<HashMap<String, HashSet<String>>>);

impl Taken {
    pub(crate) fn has(&self, queue_url: &str, id: &str) -> bool {
        let taken = self.taken();
        taken.get(queue_url).is_some_and(|ids| ids.contains(id))
    }

    /// The queue has taken these, and they come again.
    pub(crate) fn note<'a>(&self, queue_url: &str, ids: impl Iterator<Item = &'a str>) {
        let mut taken = self.taken();
        let known = taken.entry(queue_url.to_owned()).or_default();
        // What other environments went on with stays behind.
        if known.len() > MOST {
            known.clear();
        }
        known.extend(ids.map(str::to_owned));
    }

    /// These do not come again.
    pub(crate) fn forget<'a>(&self, ids: impl Iterator<Item = &'a str>) {
        let mut taken = self.taken();
        for id in ids {
            taken.values_mut().for_each(|known| {
                known.remove(id);
            });
        }
        taken.retain(|_, known| !known.is_empty());
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<String, HashSet<String>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

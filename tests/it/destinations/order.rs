//! An ordered subscription with a destination: its FIFO queue feeds `deliver`. An event that fails holds up the later
//! ones of its own key until it is delivered, and no other key.

use e2e::{Answer, Sender};

use super::*;
use crate::support::{JSON, fresh, shared};

const SUBSCRIPTION: &str = "http-ordered";
const PATH: &str = "/http-ordered";
const KEYS: usize = 4;
/// Events of each key.
const EACH: usize = 3;
/// After its second failure the first event waits so long. Meanwhile all other keys get through, even if the stack is
/// slow: all events pass the same stream within moments.
const LONG: Duration = Duration::from_secs(40);
const SHORT: Duration = Duration::from_secs(2);

/// The refs of one key's events, in the order in which they were sent.
type Sent = Vec<String>;

/// One event of each key, then the next of each, and so on. The very first one gets 500 twice.
async fn send_by_turns(stack: &Stack, destination: &Destination) -> Vec<Sent> {
    let provider = Sender::of(stack, "orders").await.unwrap();
    let keys: Vec<String> = (0..KEYS).map(|_| fresh("cus")).collect();
    let mut sent: Vec<Sent> = vec![Vec::new(); KEYS];
    for number in 0..EACH {
        for (place, key) in keys.iter().enumerate() {
            let id = fresh("msg");
            let reference = format!("orders/{key}/{id}");
            if (number, place) == (0, 0) {
                let again = |after: Duration| {
                    Answer::with(500, "retry-after", &after.as_secs().to_string())
                };
                let answers = [again(SHORT), again(LONG), Answer::status(200)];
                destination.plan(&reference, answers);
            }
            let body = json!({"type": "http.ordered", "customer": key, "number": number});
            let headers = [("webhook-id", id.as_str()), JSON];
            let delivery = provider.sign(&headers, body.to_string()).unwrap();
            send(stack, &delivery).await;
            sent[place].push(reference);
        }
    }
    sent
}

#[tokio::test]
async fn an_event_that_fails_holds_up_its_own_key_and_no_other() {
    let stack = shared().await;
    let Some(destination) = destination(&stack).await else {
        return;
    };
    let subscription = stack.subscription(SUBSCRIPTION).unwrap();
    assert!(subscription.queue_url.ends_with("-http-ordered.fifo"));
    let sent = send_by_turns(&stack, destination).await;
    for reference in sent.iter().flatten() {
        delivered(&stack, SUBSCRIPTION, reference).await;
    }

    let mut requests = destination.requests(PATH);
    let ours = |one: &Request| sent.iter().flatten().any(|sent| sent == one.reference());
    requests.retain(ours);
    let failing = &sent[0][0];
    for refs in &sent {
        let of_key = requests
            .iter()
            .map(Request::reference)
            .filter(|reference| refs.iter().any(|sent| sent == reference));
        let mut arrived: Vec<&str> = of_key.collect();
        let tries = arrived.iter().filter(|one| **one == failing).count();
        // The tries of one event are next to each other: nothing of its key came in between.
        arrived.dedup();
        assert_eq!(arrived, *refs);
        assert_eq!(tries, if refs[0] == *failing { 3 } else { 0 });
    }
    assert_eq!(requests.len(), KEYS * EACH + 2, "each event, and two tries");

    let at = |reference: &String| {
        let of = requests.iter().filter(|one| one.reference() == reference);
        of.map(|one| one.at).max().unwrap()
    };
    let through = at(failing);
    for refs in &sent[1..] {
        let last = at(&refs[EACH - 1]);
        assert!(last < through, "{refs:?} waited for another key");
    }
    let pauses = pauses(&destination.requests(failing));
    assert!(pauses[1] >= LONG, "{pauses:?}");
    assert_eq!(dead_letters(&stack, SUBSCRIPTION).await, 0);
}

use std::{collections::BTreeMap, thread, time::Duration};

use super::{
    Running,
    cloud::{Cloud, Stored},
    delivered, listen, now,
    target::{Mood, Target},
    until,
};

const EVENTS: usize = 500;

/// 500 events come while the program is up, slow, failing, dying and away, and while the listener
/// is killed and ended: each arrives, and a repetition needs a kill.
#[test]
fn each_of_500_events_arrives_whatever_happens_meanwhile() {
    let cloud = Cloud::start();
    let mut target = Target::start();
    let home = tempfile::tempdir().unwrap();
    let to = target.url();
    let start = |more: &[&str]| {
        let mut args = vec!["--retry", "20", "--json"];
        args.extend(more);
        Running::start(listen(&cloud, home.path(), &to, &args))
    };
    let mut made = 0;
    let mut come = |many: usize| {
        for _ in 0..many {
            let event = Stored::new(&format!("a/{made}"), now(), format!("{{\"n\":{made}}}"));
            cloud.add(Stored {
                // Some appear in the index only later than others that came after them.
                is_listed: made % 50 != 7,
                ..event
            });
            made += 1;
            thread::sleep(Duration::from_millis(1));
        }
    };
    let many = |target: &Target, many: usize| {
        until(&format!("{many} deliveries"), || {
            delivered(target).len() >= many
        });
    };

    come(60);
    let mut listener = start(&["--since", "1h"]);
    many(&target, 40);
    // The listener dies in the middle.
    target.is(Mood::Slow(20));
    come(40);
    many(&target, 70);
    listener.kill();
    come(20);
    listener = start(&[]);
    many(&target, 100);
    target.is(Mood::Status(500));
    come(30);
    until("failures", || {
        target.taken().len() > delivered(&target).len() + 10
    });
    target.is(Mood::Dies);
    come(30);
    until("broken connections", || {
        let broken = target
            .taken()
            .iter()
            .filter(|(_, status)| status.is_none())
            .count();
        broken > 10
    });
    target.is(Mood::Good);
    // Nothing listens for a while.
    target.goes_down();
    come(100);
    thread::sleep(Duration::from_millis(1_500));
    target.comes_back();
    many(&target, 250);
    // It dies while nothing can be delivered.
    target.goes_down();
    come(60);
    thread::sleep(Duration::from_millis(300));
    listener.kill();
    for event in &mut cloud.inside().events {
        event.is_listed = true;
    }
    target.is(Mood::Slow(10));
    target.comes_back();
    listener = start(&[]);
    many(&target, 300);
    // A clean end while a delivery is under way, and one more start.
    let output = listener.interrupt();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let summary = String::from_utf8(output.stderr).unwrap();
    assert!(summary.contains("delivered ("), "{summary}");
    come(EVENTS - made_so_far(&cloud));
    for event in &mut cloud.inside().events {
        event.is_listed = true;
    }
    // AWS cannot be reached for a moment.
    listener = start(&[]);
    cloud.inside().is_down = true;
    thread::sleep(Duration::from_millis(200));
    cloud.inside().is_down = false;
    let all = || {
        let mut times = BTreeMap::<String, usize>::new();
        for body in delivered(&target) {
            *times.entry(body).or_default() += 1;
        }
        times
    };
    until("all 500", || all().len() == EVENTS);
    listener.interrupt();
    let twice: Vec<String> = all()
        .into_iter()
        .filter(|(_, times)| *times > 1)
        .map(|(body, _)| body)
        .collect();
    assert!(
        twice.len() <= 2,
        "two kills, and more came twice: {twice:?}"
    );
    // Nothing but reads.
    let calls: Vec<String> = cloud.inside().calls.iter().cloned().collect();
    assert_eq!(calls, ["GET", "GetItem", "Query"]);
}

fn made_so_far(cloud: &Cloud) -> usize {
    cloud.inside().events.len()
}

/// After a clean end nothing is repeated, however slow the program is.
#[test]
fn a_clean_end_repeats_nothing() {
    let cloud = Cloud::start();
    let target = Target::start();
    target.is(Mood::Slow(60));
    for n in 0..40 {
        cloud.add(Stored::new(&format!("a/{n}"), now(), n.to_string()));
    }
    let home = tempfile::tempdir().unwrap();
    let mut args = vec!["--since", "1h"];
    while delivered(&target).len() < 40 {
        let before = delivered(&target).len();
        let listener = Running::start(listen(&cloud, home.path(), &target.url(), &args));
        args.clear();
        until("some more", || {
            delivered(&target).len() >= (before + 7).min(40)
        });
        // Sooner or later within the next delivery.
        thread::sleep(Duration::from_millis(before as u64 % 50));
        let output = listener.interrupt();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
    }
    assert_eq!(delivered(&target).len(), 40);
}

use super::*;

fn row(suite: Suite, program: &str, bytes: usize, change: impl Fn(&mut Figures)) -> Row {
    let mut figures = Figures {
        init_ms: 10.0,
        init_cpu_ms: 5.0,
        first_ms: 5.0,
        first_cpu_ms: 5.0,
        cpu_ms: 1.0,
        wall_ms: 2.0,
        idle_mb: 10.0,
        peak_mb: 15.0,
        requests: 4.0,
        log_bytes: 100.0,
    };
    change(&mut figures);
    Row {
        suite,
        program: program.to_owned(),
        content: Content::Json,
        bytes,
        events: 1,
        tls: true,
        figures,
    }
}

fn deliver(events: usize, bytes: usize, requests: f64, peak_mb: f64) -> Row {
    let row = row(Suite::Deliver, name::DELIVER, bytes, |figures| {
        figures.requests = requests;
        figures.peak_mb = peak_mb;
    });
    Row { events, ..row }
}

#[test]
fn deliver_has_bounds_of_memory_and_requests() {
    let judge = |row| kept(&[row]).is_ok();
    assert!(judge(deliver(1, 1_000, 4.0, 20.0)));
    assert!(judge(deliver(10, 2_000_000, 31.0, DELIVER_MB)));
    assert!(judge(deliver(10, 10_000_000, 41.0, 20.0)));
    assert!(!judge(deliver(1, 1_000, 4.0, DELIVER_MB + 0.1)));
    assert!(!judge(deliver(1, 1_000, 5.0, 20.0)));
    assert!(!judge(deliver(1, 10_000_000, 4.0, 20.0)));
}

#[test]
fn a_delivery_has_a_bound_of_log() {
    let rows = |ingest: f64, authorizer: f64| {
        [
            row(Suite::Door, name::INGEST, 1_000, |figures| {
                figures.log_bytes = ingest;
            }),
            row(Suite::Authorizer, name::AUTHORIZER, 0, |figures| {
                figures.log_bytes = authorizer;
            }),
        ]
    };
    assert_eq!(log_bytes(&rows(400.0, 50.0)), Some(450.0));
    kept(&rows(400.0, 50.0)).unwrap();
    assert!(kept(&rows(400.0, 51.0)).is_err());
    // Of a part of the bench nothing is said.
    assert_eq!(log_bytes(&rows(400.0, 51.0)[..1]), None);
}

#[test]
fn goals_are_ratios_of_one_run() {
    let door = |program: &str, cpu: f64| {
        row(Suite::Door, program, 4_400_000, move |figures| {
            figures.cpu_ms = cpu;
        })
    };
    let rows = [
        door(name::INGEST, 16.1),
        door(name::FLOOR, 10.0),
        door("aws-sample", 194.0),
    ];
    assert_eq!(peers(&rows), ["aws-sample"]);
    let table = goals(&rows).markdown();
    let lines: Vec<_> = table.lines().skip(2).collect();
    assert_eq!(
        lines,
        [
            "| `ingest`, CPU of 4.4 MB, in times of the floor | at most 1.6 | 1.61 | no |",
            "| `ingest`, peak memory at 4.4 MB, MB | at most 20 | 15.0 | yes |",
            "| aws-sample, CPU of 4.4 MB, in times of `ingest` | at least 12 | 12.0 | yes |",
        ]
    );
}

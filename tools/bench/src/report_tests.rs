use super::*;

fn row(suite: Suite, program: &str, content: Content, bytes: usize, cpu_ms: f64) -> Row {
    Row {
        suite,
        program: program.to_owned(),
        content,
        bytes,
        events: 10,
        tls: true,
        figures: Figures {
            init_ms: 1.0,
            init_cpu_ms: 2.0,
            first_ms: 3.0,
            first_cpu_ms: 4.0,
            cpu_ms,
            wall_ms: 5.0,
            idle_mb: 6.0,
            peak_mb: 7.0,
            requests: 31.0,
            log_bytes: 8.0,
        },
    }
}

fn part(rows: &[Row], name: &str) -> Vec<String> {
    let files = |_: &str| Files {
        binary: Some(12_500_000),
        zip: None,
    };
    let parts = parts(rows, &files);
    let part = parts.iter().find(|part| part.name == name);
    part.map_or_else(Vec::new, |part| {
        let text = part.section().text;
        text.lines().map(str::to_owned).collect()
    })
}

#[test]
fn ingest_is_compared_with_each_of_the_others() {
    let rows = [
        row(Suite::Door, "ingest", Content::Json, 1_000, 0.6),
        row(Suite::Door, "floor", Content::Json, 1_000, 0.05),
        row(Suite::Door, "peer", Content::Json, 1_000, 6.0),
        row(Suite::Door, "ingest", Content::Binary, 4_400_000, 15.0),
        row(Suite::Door, "floor", Content::Binary, 4_400_000, 10.0),
    ];
    assert_eq!(
        part(&rows, "cpu"),
        [
            "| JSON | ingest | floor | peer | ingest / floor | ingest / peer |",
            "|---|--:|--:|--:|--:|--:|",
            "| 1 KB | 0.60 | 0.050 | 6.00 | 12.0 | 0.10 |",
            "",
            "| binary | ingest | floor | ingest / floor |",
            "|---|--:|--:|--:|",
            "| 4.4 MB | 15.0 | 10.0 | 1.50 |",
        ]
    );
    assert_eq!(part(&rows, "peak")[2], "| 1 KB | 7.00 | 7.00 | 7.00 |");
    assert!(part(&rows, "deliver").is_empty(), "it was not measured");
    let svg = plot(&rows).unwrap();
    assert_eq!(svg.matches("<polyline").count(), 3);
    assert!(plot(&[]).is_none());
}

#[test]
fn functions_are_compared_with_the_least() {
    let rows = [
        row(Suite::Deliver, "deliver", Content::Json, 1_000, 3.0),
        row(Suite::Deliver, "forward", Content::Json, 1_000, 2.0),
        row(Suite::Processor, "processor", Content::Json, 1_000, 0.3),
        row(Suite::Start, "ingest", Content::Json, 1_000, 0.3),
    ];
    assert_eq!(
        part(&rows, "deliver")[2],
        "| 1 KB | yes | 10 | 3.00 | 2.00 | 1.50 | 6.00 | 7.00 |"
    );
    assert_eq!(
        part(&rows, "processor")[2],
        "| 1 KB | 10 | 0.30 | 5.00 | 7.00 | 3.10 |"
    );
    assert_eq!(
        part(&rows, "start")[2],
        "| ingest | 1.00 | 2.00 | 3.00 | 4.00 | 6.00 | 12.5 | - |"
    );
}

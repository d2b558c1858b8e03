use super::*;

fn machine() -> Machine {
    Machine {
        rustc: "1.95.0".to_owned(),
        target: "x86_64-unknown-linux-gnu".to_owned(),
        cpu: "avx2 bmi2".to_owned(),
        valgrind: "valgrind-3.19.0".to_owned(),
    }
}

fn counts(of: &[(&str, u64)]) -> BTreeMap<String, u64> {
    of.iter()
        .map(|(name, count)| ((*name).to_owned(), *count))
        .collect()
}

fn baseline(of: &[(&str, u64)]) -> Baseline {
    Baseline {
        commit: "0123456789ab".to_owned(),
        machine: machine(),
        instructions: counts(of),
    }
}

#[test]
fn five_percent_more_fails_and_fifteen_less_is_stale() {
    for (now, verdict) in [
        (1_050, Verdict::Same),
        (1_051, Verdict::More),
        (850, Verdict::Same),
        (849, Verdict::Less),
    ] {
        assert_eq!(judge(Some(1_000), now), verdict, "{now}");
    }
    assert_eq!(judge(None, 1), Verdict::New);
}

#[test]
fn what_fails_is_named() {
    let baseline = baseline(&[("a", 1_000), ("b", 1_000), ("c", 1_000), ("gone", 1)]);
    let counted = counts(&[("a", 1_049), ("b", 1_100), ("c", 500), ("new", 7)]);
    let (table, failed) = compare(&baseline, &counted);
    assert_eq!(failed.len(), 3, "{failed:?}");
    for name in ["b:", "new:", "gone:"] {
        assert!(failed.iter().any(|line| line.starts_with(name)), "{name}");
    }
    let page = table.markdown();
    assert!(page.contains("| a | 1,000 | 1,049 | +4.9 |  |"), "{page}");
    assert!(page.contains("stale"), "{page}");
}

#[test]
fn another_machine_says_what_to_do() {
    let baseline = baseline(&[]);
    baseline.fits(&machine()).unwrap();
    for other in [
        Machine {
            rustc: "1.96.0".to_owned(),
            ..machine()
        },
        Machine {
            target: "aarch64-unknown-linux-gnu".to_owned(),
            ..machine()
        },
        Machine {
            cpu: String::new(),
            ..machine()
        },
        Machine {
            valgrind: "valgrind-3.25.0".to_owned(),
            ..machine()
        },
    ] {
        let problem = baseline.fits(&other).unwrap_err().to_string();
        assert!(
            problem.contains("--record") && problem.contains("0123456789ab"),
            "{problem}"
        );
    }
}

#[test]
fn a_baseline_is_read_as_it_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("baseline.json");
    assert!(Baseline::read(&path).is_err());
    let baseline = baseline(&[("a", 1_661_234)]);
    baseline.write(&path).unwrap();
    assert_eq!(Baseline::read(&path).unwrap(), baseline);
}

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn event(name: &str, second: i64) -> Event {
    Event {
        reference: format!("a/{name}").parse().unwrap(),
        kind: "push".to_owned(),
        received_at: at(second),
        bytes: 3,
    }
}

fn open(folder: &Path) -> (Journal, bool) {
    Journal::open(folder, "mine", at(0)).unwrap()
}

fn file(folder: &Path) -> PathBuf {
    let mut files = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    files
        .find(|path| path.extension().is_some_and(|end| end == "jsonl"))
        .unwrap()
}

#[test]
fn what_was_delivered_and_what_is_kept_survive_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let (mut journal, is_known) = open(folder.path());
    assert!(!is_known);
    journal.done(&event("done", 1)).unwrap();
    journal.keep(&event("kept", 2)).unwrap();
    journal.keep(&event("later", 3)).unwrap();
    journal.done(&event("later", 3)).unwrap();
    // Nothing is closed: the process is gone. The last line was being written.
    drop(journal);
    let path = file(folder.path());
    let mut text = fs::read_to_string(&path).unwrap();
    text += r#"{"done":[17"#;
    fs::write(&path, text).unwrap();

    let (mut journal, is_known) = open(folder.path());
    assert!(is_known);
    for name in [event("done", 1), event("kept", 2), event("later", 3)] {
        assert!(journal.place().is_settled(name.mark()), "{name:?}");
    }
    assert!(!journal.place().is_settled(event("new", 3).mark()));
    let kept: Vec<&Event> = journal.kept().values().collect();
    assert_eq!(kept, [&event("kept", 2)]);
    // The torn line is gone, and the next one stands alone.
    journal.done(&event("new", 4)).unwrap();
    drop(journal);
    assert!(
        open(folder.path())
            .0
            .place()
            .is_settled(event("new", 4).mark())
    );
}

#[test]
fn two_listeners_for_the_same_are_refused_and_others_have_a_file_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let (_mine, _) = open(folder.path());
    let refused = Journal::open(folder.path(), "mine", at(0)).unwrap_err();
    assert!(refused.to_string().contains("another"), "{refused}");
    assert!(Journal::open(folder.path(), "yours", at(0)).is_ok());
}

#[test]
fn a_damaged_file_is_reported_and_never_taken_for_an_empty_one() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()));
    let path = file(folder.path());
    let good = fs::read_to_string(&path).unwrap();
    for bad in [
        format!("{good}nonsense\n"),
        good.replace("mine", "yours"),
        "\n".to_owned(),
    ] {
        fs::write(&path, &bad).unwrap();
        let problem = Journal::open(folder.path(), "mine", at(0)).unwrap_err();
        assert!(
            problem.to_string().contains("delete it"),
            "{bad}: {problem:#}"
        );
    }
}

#[test]
fn the_file_is_written_again_when_it_has_grown() {
    let folder = tempfile::tempdir().unwrap();
    let (mut journal, _) = open(folder.path());
    for _ in 0..SPARE_LINES + 10 {
        journal.done(&event("same", 1)).unwrap();
    }
    let lines = fs::read_to_string(file(folder.path()))
        .unwrap()
        .lines()
        .count();
    assert!(lines < 20, "{lines}");
    assert!(journal.place().is_settled(event("same", 1).mark()));
}

#[test]
fn going_back_delivers_what_was_not_delivered_and_again_delivers_all() {
    let folder = tempfile::tempdir().unwrap();
    let (mut journal, _) = open(folder.path());
    journal.done(&event("done", 1)).unwrap();
    journal.keep(&event("kept", 2)).unwrap();
    journal.go_to(at(-9), false).unwrap();
    assert!(journal.place().is_settled(event("done", 1).mark()));
    assert!(!journal.place().is_settled(event("before", -9).mark()));
    assert_eq!(journal.kept().len(), 1);
    journal.go_to(at(2), false).unwrap();
    assert_eq!(journal.kept().len(), 1, "received at that time or later");
    journal.go_to(at(-9), true).unwrap();
    assert!(!journal.place().is_settled(event("done", 1).mark()));
    assert!(journal.kept().is_empty());
}

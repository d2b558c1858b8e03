use std::fs;

use clap::Parser;
use ranges::PublishedProblem;

use super::*;

#[derive(Parser)]
struct Whole {
    #[command(flatten)]
    args: Args,
}

fn args(words: &[&str]) -> Args {
    let words = ["check"].iter().chain(words);
    Whole::try_parse_from(words)
        .unwrap_or_else(|problem| panic!("{problem}"))
        .args
}

fn ranges(texts: &[&str]) -> Ranges {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

#[tokio::test]
async fn what_the_provider_publishes_is_written_with_the_day() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().to_str().unwrap();
    let args = args(&["github", "stripe", "--dir", path, "--write"]);
    let lists = chosen(&args).unwrap();
    let github = lists["github"].ranges();
    let read = async |list: &List| {
        Ok(if list.title == "GitHub" {
            ranges(&["192.30.252.0/22", "9.9.9.0/24"])
        } else {
            list.ranges()
        })
    };
    let checked = check(&lists, read, &args, "2026-11-27").await.unwrap();
    assert!(
        matches!(&checked[0].outcome, Outcome::Differs { difference } if difference.added == ["9.9.9.0/24".parse().unwrap()])
    );
    assert_eq!(checked[1].outcome, Outcome::Same);
    let written = args.folder.own().unwrap();
    assert_eq!(
        written["github"].ranges(),
        ranges(&["192.30.252.0/22", "9.9.9.0/24"])
    );
    assert_ne!(written["github"].ranges(), github);
    for list in written.values() {
        assert_eq!(
            (list.read_on.as_str(), list.read_from.as_str()),
            ("2026-11-27", "The source.")
        );
    }
    // The next look, without names, is at these two.
    let again = self::args(&["--dir", path]);
    assert_eq!(chosen(&again).unwrap(), written);
}

#[tokio::test]
async fn a_list_that_cannot_be_compared_stays_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let args = args(&["stripe", "--dir", dir.path().to_str().unwrap(), "--write"]);
    let lists = chosen(&args).unwrap();
    args.folder.write("stripe", &lists["stripe"]).unwrap();
    let before = fs::read(dir.path().join("stripe.json")).unwrap();
    for problem in [PublishedProblem::Empty, PublishedProblem::Entry(1)] {
        let read = async |_: &List| Err(problem.clone().into());
        let checked = check(&lists, read, &args, "2026-11-27").await.unwrap();
        assert!(!checked[0].is_good(true));
        assert_eq!(fs::read(dir.path().join("stripe.json")).unwrap(), before);
    }
}

#[tokio::test]
async fn without_write_nothing_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let args = args(&["stripe", "--dir", dir.path().to_str().unwrap()]);
    let lists = chosen(&args).unwrap();
    let read = async |_: &List| Ok(ranges(&["9.9.9.0/24"]));
    let checked = check(&lists, read, &args, "2026-11-27").await.unwrap();
    assert!(!checked[0].is_good(args.write));
    assert!(args.folder.own().unwrap().is_empty());
}

#[test]
fn the_arguments_say_which_lists() {
    let all = chosen(&args(&[])).unwrap();
    assert!(all.len() > 5);
    let two = chosen(&args(&["stripe", "github", "stripe"])).unwrap();
    assert!(two.keys().eq(["github", "stripe"]));
    let problem = chosen(&args(&["strips"])).unwrap_err().to_string();
    assert!(
        problem.contains("\"strips\"") && problem.contains("github, paddle"),
        "{problem}"
    );
    let dir = tempfile::tempdir().unwrap();
    let problem = chosen(&args(&["--dir", dir.path().to_str().unwrap()])).unwrap_err();
    assert!(problem.to_string().contains("has no list"), "{problem}");
    assert!(Whole::try_parse_from(["check", "stripe", "--write"]).is_err());
}

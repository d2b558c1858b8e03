use super::*;

const NOW: &str = "2026-11-22T12:00:00Z";
const TOMORROW: &str = "2026-11-23T12:00:00Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn versions(current: Option<&str>, previous: Option<&str>) -> KeyVersions {
    KeyVersions {
        current: current.map(Secret::new),
        previous: previous.map(Secret::new),
    }
}

fn options(secret: &str) -> RotationOptions<'static> {
    RotationOptions {
        secret: Some(Secret::new(secret)),
        id: None,
        overlap: Some(SignedDuration::from_hours(24)),
        replace: false,
    }
}

fn at_once(secret: &str) -> RotationOptions<'static> {
    RotationOptions {
        overlap: None,
        ..options(secret)
    }
}

/// `id=secret` and `<end`, key by key.
fn listed(ring: &KeyRing) -> Vec<String> {
    let end = |key: &Key| {
        key.not_after
            .map(|end| format!("<{end}"))
            .unwrap_or_default()
    };
    let keys = ring.keys().iter();
    keys.map(|key| format!("{}={}{}", key.id, key.secret.expose(), end(key)))
        .collect()
}

fn planned(
    current: Option<&str>,
    previous: Option<&str>,
    options: RotationOptions<'_>,
) -> Vec<String> {
    listed(&plan(&versions(current, previous), options, now(), |_| true).unwrap())
}

fn refused(current: &str, options: RotationOptions<'_>) -> String {
    let versions = versions(Some(current), None);
    plan(&versions, options, now(), |_| true)
        .unwrap_err()
        .to_string()
}

/// What the functions accept at a moment, once the plan is in force.
fn accepted(ring: &KeyRing, was_current: &str, at: &str) -> Vec<String> {
    let ring = KeyRing::from_versions(ring.to_secret().expose(), Some(was_current)).unwrap();
    ring.live(at.parse().unwrap())
        .map(|key| key.secret.expose().to_owned())
        .collect()
}

#[test]
fn the_first_key_has_nothing_beside_it() {
    assert_eq!(planned(None, None, options("new")), ["2026-11-22=new"]);
}

#[test]
fn a_plain_secret_keeps_its_id_and_gets_an_end() {
    assert_eq!(
        planned(Some("old\n"), None, options("new")),
        [
            "2026-11-22=new".to_owned(),
            format!("current=old<{TOMORROW}")
        ]
    );
}

#[test]
fn the_old_key_stops_at_its_end_though_the_previous_version_has_none() {
    let plan = plan(&versions(Some("old"), None), options("new"), now(), |_| {
        true
    })
    .unwrap();
    assert_eq!(accepted(&plan, "old", NOW), ["new", "old"]);
    assert_eq!(accepted(&plan, "old", TOMORROW), ["new"]);
}

#[test]
fn a_key_that_the_scheme_cannot_use_ends_now_whatever_the_overlap() {
    let usable = |key: &Key| key.secret.expose() != "v1,nonsense";
    let plan = plan(
        &versions(Some("v1,nonsense"), None),
        options("new"),
        now(),
        usable,
    )
    .unwrap();
    assert_eq!(accepted(&plan, "v1,nonsense", NOW), ["new"]);
}

#[test]
fn a_leaked_key_stops_at_once_and_takes_no_other_with_it() {
    let current =
        r#"{"keys":[{"id":"a","secret":"leaked"},{"id":"u","secret":"u:p","use":"basic"}]}"#;
    let plan = plan(
        &versions(Some(current), Some("older")),
        at_once("new"),
        now(),
        |_| true,
    )
    .unwrap();
    assert_eq!(accepted(&plan, current, NOW), ["new", "u:p"]);
    assert_eq!(
        listed(&plan),
        [
            "2026-11-22=new".to_owned(),
            format!("a=leaked<{NOW}"),
            "u=u:p".to_owned()
        ]
    );
}

#[test]
fn a_key_that_lives_by_the_previous_version_alone_is_not_cut_off() {
    let planned = planned(Some("newer"), Some("older"), options("new"));
    assert_eq!(
        planned,
        [
            "2026-11-22=new".to_owned(),
            format!("current=newer<{TOMORROW}"),
            format!("previous=older<{TOMORROW}")
        ]
    );
}

#[test]
fn an_earlier_end_stays_and_what_has_ended_goes() {
    let current = r#"{"keys":[
        {"id":"b","secret":"2"},
        {"id":"a","secret":"1","not_after":"2026-11-22T18:00:00Z"},
        {"id":"0","secret":"0","not_after":"2026-11-22T12:00:00Z"}]}"#;
    assert_eq!(
        planned(Some(current), None, options("new")),
        [
            "2026-11-22=new".to_owned(),
            format!("b=2<{TOMORROW}"),
            "a=1<2026-11-22T18:00:00Z".to_owned()
        ]
    );
}

#[test]
fn other_uses_are_left_alone() {
    let current = r#"{"keys":[
        {"id":"a","secret":"1"},
        {"id":"login","secret":"u:p","use":"basic"},
        {"id":"token","secret":"t","use":"challenge","not_after":"2027-01-01T00:00:00Z"}]}"#;
    let planned = planned(Some(current), None, options("new"));
    assert_eq!(planned[2..], ["login=u:p", "token=t<2027-01-01T00:00:00Z"]);
}

#[test]
fn ids_are_unique_also_against_keys_that_have_ended() {
    let current = r#"{"keys":[
        {"id":"2026-11-22-2","secret":"2"},
        {"id":"2026-11-22","secret":"1","not_after":"2026-11-22T11:00:00Z"}]}"#;
    let plan = plan(
        &versions(Some(current), None),
        options("new"),
        now(),
        |_| true,
    )
    .unwrap();
    assert_eq!(plan.keys()[0].id, "2026-11-22-3");
    // Two versions may call different keys the same.
    let one = r#"{"keys":[{"id":"a","secret":"1"}]}"#;
    let other = r#"{"keys":[{"id":"a","secret":"2"}]}"#;
    let planned = planned(Some(one), Some(other), options("new"));
    assert_eq!(planned[2], format!("a-2=2<{TOMORROW}"));
}

#[test]
fn an_id_of_ones_own_is_taken_if_it_is_free_and_sound() {
    let named = |id| RotationOptions {
        id: Some(id),
        ..options("new")
    };
    assert_eq!(planned(Some("old"), None, named("kid-1"))[0], "kid-1=new");
    assert!(refused("old", named("current")).contains("choose another --id"));
    assert!(refused("old", named("a b")).contains("choose another --id"));
}

#[test]
fn what_makes_no_sense_is_refused() {
    assert!(refused("same", options("same")).contains("\"current\""));
    assert!(refused("old", options("")).contains("empty"));
    let keys: Vec<String> = (0..8)
        .map(|number| format!(r#"{{"id":"{number}","secret":"s{number}"}}"#))
        .collect();
    let full = format!(r#"{{"keys":[{}]}}"#, keys.join(","));
    assert!(refused(&full, options("new")).contains("more than 8"));
}

#[test]
fn a_value_that_is_no_key_is_lost_only_by_will() {
    assert!(refused("{no key", options("new")).contains("--replace"));
    let replace = || RotationOptions {
        replace: true,
        ..options("new")
    };
    assert_eq!(
        planned(Some("{no key"), None, replace()),
        ["2026-11-22=new"]
    );
    // What the provider signed with before the mistake.
    assert_eq!(
        planned(Some("{no key"), Some("good"), replace())[1],
        format!("current=good<{TOMORROW}")
    );
}

#[test]
fn no_problem_shows_a_secret() {
    for problem in [
        refused(r#"{"keys":"hunter2""#, options("new")),
        refused("hunter2", options("hunter2")),
    ] {
        assert!(!problem.contains("hunter2"), "{problem}");
    }
}

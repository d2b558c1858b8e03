use super::*;

impl Script {
    async fn to(&self, goal: Goal) -> Result<bool> {
        let patience = (Duration::ZERO, Duration::from_secs(10));
        make_so(self, "invoices", goal, patience, &()).await
    }
}

#[tokio::test]
async fn is_asked_once_and_waited_for() {
    let stopping = Script::of(&["RUNNING", "RUNNING", "STOPPING", "STOPPED"]);
    assert!(stopping.to(Goal::Stopped).await.unwrap());
    assert_eq!(*stopping.asked.borrow(), [Goal::Stopped]);
    let starting = Script::of(&["STOPPED", "STARTING", "RUNNING"]);
    assert!(starting.to(Goal::Running).await.unwrap());
    assert_eq!(*starting.asked.borrow(), [Goal::Running]);
}

#[tokio::test]
async fn what_is_so_already_is_not_asked_for() {
    for (state, goal) in [("STOPPED", Goal::Stopped), ("RUNNING", Goal::Running)] {
        let there = Script::of(&[state]);
        assert!(!there.to(goal).await.unwrap());
        assert!(there.asked.borrow().is_empty());
    }
}

#[tokio::test]
async fn a_change_that_is_under_way_ends_first() {
    let starting = Script::of(&["STARTING", "RUNNING", "STOPPING", "STOPPED"]);
    assert!(starting.to(Goal::Stopped).await.unwrap());
    assert_eq!(*starting.asked.borrow(), [Goal::Stopped]);
}

#[tokio::test]
async fn a_request_that_was_too_early_is_repeated() {
    let busy = Script::of(&["RUNNING", "RUNNING", "STOPPING", "STOPPED"])
        .answering(&[PipeRequest::NotNow, PipeRequest::Accepted]);
    assert!(busy.to(Goal::Stopped).await.unwrap());
    assert_eq!(busy.asked.borrow().len(), 2);
}

#[tokio::test]
async fn what_failed_is_tried_once_more_and_then_told_with_its_reason() {
    let cured = Script::of(&["START_FAILED", "STARTING", "RUNNING"]);
    assert!(cured.to(Goal::Running).await.unwrap());
    let broken = Script::of(&["START_FAILED", "STARTING", "START_FAILED"]);
    let problem = broken.to(Goal::Running).await.unwrap_err().to_string();
    assert!(problem.contains("no right"), "{problem}");
    assert_eq!(broken.asked.borrow().len(), 1);
    for (state, goal, next) in [
        ("NOT_FOUND", Goal::Running, "terraform apply"),
        ("START_FAILED", Goal::Stopped, "nothing to stop"),
        ("UPDATE_FAILED", Goal::Running, "terraform plan"),
    ] {
        let none = Script::of(&[state]);
        let problem = none.to(goal).await.unwrap_err().to_string();
        assert!(problem.contains(next), "{problem}");
        assert!(none.asked.borrow().is_empty(), "{state}");
    }
}

#[tokio::test]
async fn patience_ends() {
    let stuck = Script::of(&["RUNNING", "STOPPING"]);
    let patience = (Duration::ZERO, Duration::ZERO);
    let progress = ();
    let outcome = make_so(&stuck, "invoices", Goal::Stopped, patience, &progress).await;
    let problem = outcome.unwrap_err().to_string();
    assert!(
        problem.contains("subscriptions status invoices"),
        "{problem}"
    );
}

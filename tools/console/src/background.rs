//! Starts the changes that go on after their form was answered.

use std::{sync::Arc, time::Duration};

use operator::{Problem, Stop, Tone};

use crate::{
    address::Address,
    app::App,
    change::change,
    failure::Failure,
    jobs::{Done, Job, Plan, page_of},
};

/// How long a form waits for its job, so that most end with an answer of their own.
const SOON: Duration = Duration::from_secs(2);

/// Starts a job. One that fails soon is a failure of this call; any other goes on, and the answer
/// is the address of the page that shows it.
pub(crate) async fn start<F>(
    app: &App,
    plan: Plan,
    work: impl FnOnce(App, Arc<Job>, Stop) -> F,
) -> Result<Address, Failure>
where
    F: Future<Output = operator::Result<Done>> + Send + 'static,
{
    let job = app.jobs.add(plan).map_err(|busy| {
        Failure::Changed(format!(
            "Nothing was done: this console is already busy with it ({}).",
            busy.plan.what
        ))
    })?;
    let runs = app.jobs.begin().await;
    let work = work(Arc::clone(app), Arc::clone(&job), job.stopped());
    let task = tokio::spawn(run(Arc::clone(app), Arc::clone(&job), work));
    let watched = {
        let job = Arc::clone(&job);
        tokio::spawn(async move {
            let _runs = runs;
            let ended = task.await.unwrap_or_else(|problem| Err(broken(problem)));
            job.end(
                Tone::Bad,
                "It broke off. The terminal of the console says more.".to_owned(),
            );
            ended
        })
    };
    match tokio::time::timeout(SOON, watched).await {
        Ok(Ok(Err(failure))) => Err(failure),
        _ => Ok(page_of(&job)),
    }
}

fn broken(problem: tokio::task::JoinError) -> Failure {
    Failure::Problem(Problem::Context {
        what: "the change broke off; the terminal of the console says how far it came".to_owned(),
        source: problem.into(),
    })
}

/// Does the work, and asks it to stop when the console is to end.
async fn run(
    app: App,
    job: Arc<Job>,
    work: impl Future<Output = operator::Result<Done>> + Send,
) -> Result<(), Failure> {
    let to_its_end = async {
        tokio::pin!(work);
        let outcome = tokio::select! {
            outcome = &mut work => outcome,
            () = app.stop.wait() => {
                job.stop();
                work.await
            }
        };
        match &outcome {
            Ok(done) => job.end(done.tone, done.text.clone()),
            Err(problem) => job.end(Tone::Bad, problem.with_causes()),
        }
        outcome
    };
    let outcome = change(&app, &job.plan.what, to_its_end).await;
    app.snapshot.forget().await;
    let done = outcome?;
    app.log(&format!("{}: {}", job.plan.what, done.text));
    Ok(())
}

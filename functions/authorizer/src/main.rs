//! API Gateway REQUEST authorizer: rejects cheaply what cannot be a valid
//! delivery, before a body is carried anywhere. It never sees the body.

mod event;
mod judge;
mod lanes;
mod prepared;
mod ruling;
#[cfg(test)]
mod tests;

use domain::{Directory, Keys};
use judge::Judge;
use runtime::{Failure, Invocation, RuntimeApi, Settings};
use wire::{Endpoints, Environment, Secrets};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    runtime::telemetry(module_path!())?;
    let mut settings = Settings::of_process();
    let table = settings.text("ENDPOINTS_TABLE");
    let stack = settings.text("STACK");
    let keys_prefix = settings.text("KEYS_PREFIX");
    let environment = Environment::of(&mut settings, runtime::now);
    let api = RuntimeApi::of(&mut settings);
    settings.done()?;

    // Keys are read for few schemes: their connection is opened when it is needed.
    let endpoints = Endpoints::new(&environment, table);
    endpoints.warm().await;
    let keys = Keys::new(Secrets::new(&environment, keys_prefix));
    let judge = Judge::new(Directory::new(endpoints), keys);
    let work = async |invocation: Invocation| {
        let request = serde_json::from_slice(&invocation.event);
        let request = request.map_err(|problem| Failure::unreadable(&problem))?;
        let ruling = judge.authorize(request, runtime::now()).await;
        if let Some(rejected) = &ruling.rejection {
            rejected.metrics(&stack).write(runtime::now());
        }
        ruling.answer.map_err(Failure::from)
    };
    Err(runtime::serve(api, work).await.into())
}

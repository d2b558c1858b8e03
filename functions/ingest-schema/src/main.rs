//! `ingest` with a validator of JSON Schema, which other stacks do not pay for.

use schema::Schemas;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    Box::pin(ingest::run(|settings, environment| {
        let table = settings.text("ENDPOINTS_TABLE");
        Schemas::new(wire::Schemas::new(environment, table))
    }))
    .await
}

//! The function for endpoints without schemas: it has no validator.

use intake::NoSchemas;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    Box::pin(ingest::run(|_, _| NoSchemas)).await
}

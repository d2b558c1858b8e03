//! The function for endpoints without schemas: it has no validator.

use intake::NoSchemas;
use lambda_runtime::Error;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    admit::run(|_, _| NoSchemas).await
}

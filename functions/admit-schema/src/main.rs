//! `admit` with a validator of JSON Schema, which other stacks do not pay for.

use lambda_runtime::Error;
use schema::Schemas;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    admit::run(|sdk, table| Schemas::new(aws::Schemas::new(sdk, table.to_owned()))).await
}

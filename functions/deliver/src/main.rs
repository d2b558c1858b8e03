//! Not yet there.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    runtime::telemetry(module_path!())?;
    Ok(())
}

use aws_sdk_sts::Client;
use domain::StoreError;

use crate::{
    Sdk,
    failure::{classify, permanent},
};

const ASK: &str = "sts:GetCallerIdentity";

/// The ARN that these credentials belong to. No permission is needed: AWS answers even a
/// caller to whom a policy denies it.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>
///
/// # Errors
/// As [`StoreError`] says.
pub async fn caller(sdk: &Sdk) -> Result<String, StoreError> {
    ask(&Client::new(&sdk.config)).await
}

async fn ask(client: &Client) -> Result<String, StoreError> {
    let answer = client.get_caller_identity().send().await;
    let answer = answer.map_err(|error| classify(ASK, &error))?;
    answer
        .arn
        .ok_or_else(|| permanent(ASK, "the answer has no ARN"))
}

#[cfg(test)]
mod tests {
    use aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityOutput;
    use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};

    use super::*;

    fn against(rule: &Rule) -> Client {
        mock_client!(aws_sdk_sts, RuleMode::MatchAny, [rule])
    }

    #[tokio::test]
    async fn it_is_an_arn_or_an_error() {
        const ZOE: &str = "arn:aws:sts::123456789012:assumed-role/on-call/zoe";
        let known = mock!(Client::get_caller_identity)
            .then_output(|| GetCallerIdentityOutput::builder().arn(ZOE).build());
        assert_eq!(ask(&against(&known)).await.unwrap(), ZOE);
        let nameless = mock!(Client::get_caller_identity)
            .then_output(|| GetCallerIdentityOutput::builder().account("1").build());
        let error = ask(&against(&nameless)).await.unwrap_err();
        assert!(matches!(error, StoreError::Permanent { operation, .. } if operation == ASK));
    }
}

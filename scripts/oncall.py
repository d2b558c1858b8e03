"""The people who are on call, for a local cloud (AWS_ENDPOINT_URL): an alarm topic, and a queue that gets what it says.

    oncall.py up      creates both, named oncall
    oncall.py down    deletes both
"""

import json
import sys

import botocore.session

NAME = "oncall"


def main():
    session = botocore.session.get_session()
    sns, sqs = session.create_client("sns"), session.create_client("sqs")
    # Both exist already if they were created before: then these calls change nothing.
    topic = sns.create_topic(Name=NAME)["TopicArn"]
    url = sqs.create_queue(QueueName=NAME)["QueueUrl"]
    if sys.argv[1:] == ["up"]:
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        queue = attributes["Attributes"]["QueueArn"]
        allow = {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": queue,
            "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        raw = {"RawMessageDelivery": "true"}
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue, Attributes=raw)
    elif sys.argv[1:] == ["down"]:
        for subscription in sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]:
            sns.unsubscribe(SubscriptionArn=subscription["SubscriptionArn"])
        sns.delete_topic(TopicArn=topic)
        sqs.delete_queue(QueueUrl=url)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()

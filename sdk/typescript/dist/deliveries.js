import { Event, isObject } from "./event.js";
import { Input, Reject } from "./failures.js";
/** The three shapes in which a function gets events: a pipe's array, one event, the messages of its own queue. */
export function read(value, redeem) {
    if (Array.isArray(value))
        return value.map((one) => fromPipe(one, redeem));
    if (isObject(value) && !("Records" in value))
        return [fromPipe(value, redeem)];
    if (isObject(value) && Array.isArray(value["Records"]))
        return value["Records"].map((one) => fromQueue(one, redeem));
    throw new Input("the input cannot be read: neither an array of events, nor an event, nor messages of a queue");
}
function fromPipe(value, redeem) {
    const subscription = named(value, "subscription");
    return {
        identifier: named(value, "deliveryid"),
        event: decode(value, redeem),
        deadLetter: subscription === undefined ? undefined : { subscription, body: JSON.stringify(value) },
    };
}
/** A queue knows a message by its id. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html */
function fromQueue(record, redeem) {
    const body = isObject(record) && typeof record["body"] === "string" ? record["body"] : undefined;
    return {
        identifier: named(record, "messageId"),
        event: decode(parse(body), redeem),
        deadLetter: body === undefined ? undefined : { body },
    };
}
/** What is not JSON is no object, and rejected as such. */
function parse(body) {
    try {
        return JSON.parse(body ?? "null");
    }
    catch {
        return null;
    }
}
function decode(value, redeem) {
    try {
        return new Event(value, redeem);
    }
    catch (problem) {
        if (problem instanceof Reject)
            return problem;
        throw problem;
    }
}
function named(value, name) {
    const text = isObject(value) ? value[name] : undefined;
    return typeof text === "string" && text !== "" ? text : undefined;
}

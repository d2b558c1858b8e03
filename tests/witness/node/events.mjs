// Judges CloudEvents: one a line on standard input, one line of JSON each on standard output, null where the SDK takes the event.
// Its validator is the JSON schema of the specification in compiled form. Reading alone would give an event without an
// id a new one, and drop what is empty.
import { readFileSync } from "node:fs";
import { HTTP } from "cloudevents";
import { validateCloudEvent } from "cloudevents/dist/event/spec.js";

function judge(body) {
  try {
    const read = HTTP.toEvent({ headers: { "content-type": "application/cloudevents+json" }, body });
    return validateCloudEvent(JSON.parse(body)) && read.validate() ? null : "invalid";
  } catch (error) {
    const reasons = (error.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
    return reasons.length ? reasons.join("; ") : error.message;
  }
}

const lines = readFileSync(0, "utf8").split("\n").filter(Boolean);
process.stdout.write(`${lines.map((line) => JSON.stringify(judge(line))).join("\n")}\n`);

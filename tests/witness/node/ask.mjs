// Answers questions as JSON, from standard input to standard output: is this state machine valid, what does this
// mapping template make of this answer? asl-validator and velocityjs know; this only hands over.
import { readFileSync } from "node:fs";
import aslValidator from "asl-validator";
import { Compile, parse } from "velocityjs";

// What a template sees as a Java string.
const javaString = (text) => Object.assign(new String(text), { contains: (part) => text.includes(String(part)) });

function machine(definition) {
  const { isValid, errors } = aslValidator(definition, { checkPaths: true, checkArn: false });
  return isValid ? [] : errors.map((error) => `${error["Error code"] ?? ""} ${error.message ?? error.Message ?? JSON.stringify(error)}`.trim());
}

function template({ text, context, body }) {
  const seen = { ...structuredClone(context), responseOverride: {} };
  // A body that cannot be read is null in Java.
  const input = { body: body === null ? null : javaString(body) };
  const rendered = new Compile(parse(text)).render({ context: seen, input });
  return { text: rendered, override: seen.responseOverride };
}

const { machines, templates } = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify({ machines: machines.map(machine), templates: templates.map(template) }));

// Lints an AsyncAPI file with the project's own parser: node asyncapi.mjs FILE. Exits 1 if it finds an error or a warning.
import { fromFile, Parser } from "@asyncapi/parser";

// Rules of style that do not fit this file.
const NOT_OURS = new Set([
  "asyncapi-latest-version", // The schema of 3.0 is what tools read today.
]);

const { document, diagnostics } = await fromFile(new Parser(), process.argv[2]).parse();
const found = diagnostics.filter((one) => one.severity <= 2 && !NOT_OURS.has(one.code));
for (const one of found) {
  const { start } = one.range;
  console.log(`${process.argv[2]}:${start.line + 1}:${start.character + 1}: ${one.code}: ${one.message}`);
}
process.exit(document && found.length === 0 ? 0 : 1);

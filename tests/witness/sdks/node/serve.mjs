// Asks one library: a line of JSON in, a line of JSON out. Each adapter stands in a file of its own and has
//   sign({body, secret, headers, now, url})    the headers that the provider would send, or {body, headers}
//   verify({body, secret, headers, url})       true, or false, or an error
//   signs                                      'sdk' where the library itself signs, else 'recipe'
// Bodies are Buffers, names of headers are in lower case, `now` is in seconds. A library may print.
import { createInterface } from 'node:readline';

const answer = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
console.log = console.info = console.warn = console.debug = console.error = () => {};

async function ask(line) {
  const { do: action, adapter, ...question } = JSON.parse(line);
  const library = await import(`./adapters/${adapter}.mjs`);
  if (action === 'about') return { signs: library.signs };
  question.body = Buffer.from(question.body, 'base64');
  question.headers = Object.fromEntries(question.headers);
  if (action === 'sign') {
    const made = await library.sign(question);
    const { body = question.body, headers } = made.headers ? made : { headers: made };
    return { body: Buffer.from(body).toString('base64'), headers: Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]) };
  }
  try {
    return { valid: (await library.verify(question)) === true };
  } catch (error) {
    return { valid: false, why: String(error.message ?? error) };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  answer(await ask(line).catch((error) => ({ error: String(error.stack ?? error) })));
}

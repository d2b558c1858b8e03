// Without `--operate` nothing can be changed: the server refuses, not only the buttons.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { addressOf, deliver, facts, kind, open, visit } from "./lib.mjs";
import { ask } from "./raw.mjs";

let session;
let ref;

before(async () => {
  session = await open();
  ({ ref } = await deliver(kind("done")));
});
after(() => session?.browser.close());

test("no page has a form that changes something", async () => {
  const { page, clean } = await visit(session);
  const [name, endpoint] = [facts.subscription, facts.endpoint.name];
  for (const path of ["/", "/events", addressOf(ref), "/subscriptions", `/subscriptions/${name}`, "/dlqs", `/dlqs/${name}`, "/endpoints", `/endpoints/${endpoint}`]) {
    await page.goto(path);
    const forms = await page.locator("main form[method=post]").evaluateAll((all) => all.map((form) => form.getAttribute("action")));
    assert.deepEqual(forms.filter((action) => !action.startsWith("/verify")), [], path);
  }
  await clean("read-only");
});

test("every change is refused, though the request is one of our own pages", async () => {
  const event = encodeURIComponent(ref);
  const changes = {
    [`/replay/${event}`]: `to=${facts.subscription}&force=yes`,
    [`/subscriptions/${facts.subscription}/pause`]: "",
    [`/subscriptions/${facts.subscription}/resume`]: "",
    "/subscriptions/router/pause": "for=30m",
    [`/dlqs/${facts.subscription}/change`]: "do=purge&all=1",
    [`/endpoints/${facts.endpoint.name}/rotate`]: "overlap=24h",
    [`/endpoints/${facts.endpoint.name}/test`]: "",
  };
  for (const [path, body] of Object.entries(changes)) {
    const answer = await ask(session, { method: "POST", path, body });
    assert.equal(answer.status, 403, path);
    assert.match(answer.text, /read-only/i, path);
  }
  const { page } = await visit(session);
  await page.goto(`/subscriptions/${facts.subscription}`);
  assert.match(await page.textContent("main"), /RUNNING/);
});

test("verify again works, because it changes nothing", async () => {
  const { page, clean } = await visit(session);
  await page.goto(addressOf(ref));
  const [answer] = await Promise.all([page.waitForResponse((one) => one.request().method() === "POST"), page.click("#verdict button")]);
  assert.equal(answer.status(), 200);
  await clean("verify");
});

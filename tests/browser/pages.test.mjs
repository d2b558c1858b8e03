// Every page in both themes and three widths: accessibility, pictures if they are wanted, nothing refused, no sideways scroll.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessible, addressOf, deliver, facts, fits, kind, open, picture, pictures, until, visit } from "./lib.mjs";

let session;
let pages;
const [name, endpoint] = [facts.subscription, facts.endpoint.name];

before(async () => {
  session = await open();
  const done = await deliver(kind("done"), { more: { customer: "cus_TSexampleCoat01", amount: 4_200, currency: "eur", lines: [{ sku: "coat", pieces: 2 }, { sku: "hat", pieces: 1 }] } });
  const dead = await deliver(kind("rejected"));
  const { page, context } = await visit(session);
  await until(page, `/dlqs/${name}`, "a dead letter", async () => (await page.locator(`main tr:has-text("${dead.ref}")`).count()) === 1);
  // The local cloud has destinations; the stack on AWS has none that it could reach.
  await page.goto("/subscriptions");
  const destination = await page.locator("main a[href='/subscriptions/http-answers']").count() ? "http-answers" : undefined;
  await page.goto(`/dlqs/${name}`);
  const [message] = await page.locator(`main tr:has-text("${dead.ref}") input[name=message]`).evaluateAll((all) => all.map((box) => box.value));
  await context.close();
  const change = (what) => `/dlqs/${name}/change?do=${what}&message=${encodeURIComponent(message ?? "")}`;
  pages = {
    overview: "/",
    "overview-day": "/?span=day",
    events: "/events",
    "events-none": "/events?type=no.such.type",
    "find-many": "/find?q=msg_",
    "find-none": "/find?q=no-such-event-404",
    event: addressOf(done.ref),
    "event-failed": addressOf(dead.ref),
    replay: `/replay/${encodeURIComponent(dead.ref)}`,
    subscriptions: "/subscriptions",
    subscription: `/subscriptions/${name}`,
    ...(destination ? { destination: `/subscriptions/${destination}` } : {}),
    dlqs: "/dlqs",
    dlq: `/dlqs/${name}`,
    endpoints: "/endpoints",
    endpoint: `/endpoints/${endpoint}`,
    "not-found": "/no-such-page",
    ...(facts.operate ? {
      "replay-sure": `/replay/${encodeURIComponent(dead.ref)}?to=${name}&force=yes`,
      pause: `/subscriptions/${name}/pause`,
      "router-pause": "/subscriptions/router/pause",
      "dlq-redrive": change("redrive"),
      "dlq-purge": change("purge"),
      rotate: `/endpoints/${endpoint}/rotate`,
    } : {}),
  };
});
after(() => session?.browser.close());

// Colours do not depend on the width: one is enough for the dark theme, unless someone is to look at the pictures.
for (const theme of ["light", "dark"]) {
  for (const width of pictures || theme === "light" ? [360, 1280, 2560] : [1280]) {
    test(`each page at ${width} px, ${theme}`, async () => {
      const problems = [];
      for (const [what, path] of Object.entries(pages)) {
        const where = `${what} ${width} ${theme}`;
        const { page, context, clean } = await visit(session, { theme, width });
        try {
          const answer = await page.goto(path);
          // What comes after the page: the charts, the doctor.
          await page.waitForTimeout(300);
          await picture(page, `${what}-${width}-${theme}`);
          assert.equal(answer.status(), what === "not-found" ? 404 : 200, where);
          await fits(page, where);
          await accessible(page, where);
          await clean(where);
        } catch (problem) {
          problems.push(problem.message);
        }
        await context.close();
      }
      assert.deepEqual(problems, []);
    });
  }
}

test("a destination says where it is, how fast it gets events, and whether it does", async (t) => {
  if (!pages.destination) return t.skip("the stack has no destination");
  const { page, clean } = await visit(session);
  await page.goto(pages.destination);
  const text = await page.textContent("main");
  for (const part of ["Address", "/http-answers", "Pace", "Concurrency", "Breaker", "Signing keys", "the function "]) assert.ok(text.includes(part), `${part}: ${text}`);
  assert.ok(!text.includes("whsec_"));
  assert.equal(await page.locator("main a:has-text('Rotate key')").count(), facts.operate ? 1 : 0);
  await clean("destination");
});

test("the console stores nothing of a page in the browser", async () => {
  const { page, clean } = await visit(session);
  await page.goto(pages.event);
  const { config, kept } = await page.evaluate(() => ({ config: { ...globalThis.htmx.config }, kept: [...Object.keys(sessionStorage), ...Object.keys(localStorage)] }));
  // htmx keeps the path, which the browser's own history has too, and no page.
  assert.deepEqual(kept.filter((key) => key !== "htmx-current-path-for-history"), []);
  for (const off of ["includeIndicatorStyles", "allowEval", "allowScriptTags", "historyEnabled"]) assert.equal(config[off], false, off);
  assert.equal(config.selfRequestsOnly, true);
  await clean("storage");
});

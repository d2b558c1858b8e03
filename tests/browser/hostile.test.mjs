// What strangers can write into ids, types, payloads, headers and errors is shown as text. The canary is
// `window.ran`; what the CSP refused would be seen too, so the CSP is not what saves the page.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessible, addressOf, deliver, facts, fits, fresh, kind, open, until, visit } from "./lib.mjs";

const SCRIPT = "<script>window.ran=1</script>";
const IMAGE = '"><img src=x onerror="window.ran=2">';
const HTMX = '<p hx-get="/events" hx-trigger="load" hx-on:load="window.ran=3">x</p>';
const LINK = '<a href="javascript:window.ran=4">x</a> javascript:window.ran=5';
const TURNS = "\u202eesrever\u202c \u200b\u2066x\u2069";
const STEERS = `\u001b[31mred\u001b[0m \u0007 ${TURNS}`;
const ALL = [SCRIPT, IMAGE, HTMX, LINK, STEERS].join(" ");

let session;
const sent = {};

before(async () => {
  session = await open();
  const json = (value) => JSON.stringify(value);
  // The scheme refuses a dot in an id.
  sent.id = await deliver(kind("done"), { id: `${fresh("m")}<script>ran=1</script>"onload="ran=6` });
  // A type has at most 128 bytes and no control characters.
  for (const [what, text] of Object.entries({ script: SCRIPT, image: IMAGE, htmx: '<p hx-get=/events hx-trigger=load hx-on:load=window.ran=3>', link: LINK, turns: TURNS })) {
    sent[`type ${what}`] = await deliver(`console.${text}`);
  }
  sent.json = await deliver(kind("done"), { body: `{"type":"console.done","${"<b>"}":${json(ALL)},"big":12345678901234567890,"e":1e400,"a":1,"a":2,"deep":${"[".repeat(3000)}${"]".repeat(3000)}}` });
  sent.shallow = await deliver(kind("done"), { body: `{"type":"console.done","x":${json(ALL)},${json(IMAGE)}:1,"big":12345678901234567890,"e":1e400,"a":1,"a":2}` });
  sent.line = await deliver(kind("done"), { body: `{"type":"console.done","line":"${"<i>x".repeat(250_000)}"}` });
  sent.header = await deliver(kind("done"), { headers: { "content-type": `application/json; a="${SCRIPT}"`, "user-agent": IMAGE } });
  sent.html = await deliver(kind("done"), { headers: { "content-type": "text/html" }, body: `{"type":"console.done","html":${json(`${SCRIPT}${HTMX}`)}}` });
  // Its processor's error is as hostile.
  sent.error = await deliver(kind("hostile"));
});
after(() => session?.browser.close());

async function harmless({ page, clean }, where) {
  const planted = await page.locator("main script, main img, main iframe, main [onerror], main [onload], main [style*=url], a[href^='javascript' i], main [hx-on\\:load], main .payload [hx-get], main bdi [hx-get]").count();
  assert.equal(planted, 0, `${where}: markup was planted`);
  // Foreign text is clicked where it is no link of ours, and nothing happens.
  await page.evaluate(() => {
    for (const one of document.querySelectorAll("main bdi, main .payload, main td")) {
      if (!one.closest("a, button, label, summary")) one.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    }
  });
  await fits(page, where);
  await clean(where);
  // The page still works.
  await page.keyboard.press("?");
  assert.ok(await page.locator("#keys").isVisible(), `${where}: the keys work`);
  await page.keyboard.press("Escape");
}

test("markup that gets through would be noticed", async () => {
  const visited = await visit(session);
  const { page } = visited;
  await page.goto(addressOf(sent.json.ref));
  await page.evaluate((markup) => document.querySelector("main").insertAdjacentHTML("beforeend", markup), IMAGE.slice(2));
  await page.waitForFunction(() => globalThis.refused.length > 0);
  await assert.rejects(visited.clean("planted"), /the CSP refused script-src/);
  await assert.rejects(harmless(visited, "planted"), /markup was planted/);
  await page.evaluate(() => { globalThis.ran = 2; globalThis.refused = []; });
  visited.seen.length = 0;
  await assert.rejects(visited.clean("planted"), /planted script ran/);
});

test("an event with hostile ids, types, headers and payloads is shown as text", async () => {
  for (const [what, { ref }] of Object.entries(sent)) {
    for (const width of [360, 1280]) {
      const visited = await visit(session, { width });
      const { page, context } = visited;
      await page.goto(addressOf(ref));
      assert.match(await page.textContent(".ref"), /^[^]+\//, what);
      await harmless(visited, `${what} ${width}`);
      await context.close();
    }
  }
});

test("characters that would steer the reader are spelled out", async () => {
  const { page, clean } = await visit(session);
  await page.goto(addressOf(sent["type turns"].ref));
  const text = await page.textContent("main");
  for (const steering of ["\u001b", "\u202e", "\u2066", "\u200b", "\u0007"]) assert.ok(!text.includes(steering), escape(steering));
  assert.match(await page.textContent("h1"), /202e/);
  await page.goto(addressOf(sent["type script"].ref));
  assert.ok((await page.textContent("h1")).includes(SCRIPT), "it is there, as text");
  await clean("steering");
});

test("numbers and equal keys stay as they were sent, also folded", async () => {
  const { page, clean } = await visit(session);
  await page.goto(addressOf(sent.shallow.ref));
  await page.waitForSelector(".tree");
  const text = await page.textContent(".tree");
  for (const part of ["12345678901234567890", "1e400", '"a": 1', '"a": 2', SCRIPT]) assert.ok(text.includes(part), part);
  await clean("folded");
});

test("a line of a megabyte does not freeze the page", async () => {
  const { page, clean } = await visit(session);
  await page.goto(addressOf(sent.line.ref));
  const took = await page.evaluate(() => {
    const start = performance.now();
    document.querySelector("main").getBoundingClientRect();
    document.querySelector("pre, .payload").scrollTop = 1e6;
    return performance.now() - start;
  });
  assert.ok(took < 1_000, `${took} ms`);
  assert.ok((await page.content()).length < 1_500_000, "the page shows the first 256 KB only");
  await clean("line");
});

test("lists, finds, replays and dead letters of hostile events are text", async () => {
  const visited = await visit(session);
  const { page } = visited;
  await page.goto("/events");
  await harmless(visited, "events");
  await accessible(page, "events");
  for (const text of [SCRIPT, IMAGE, `javascript:window.ran=1`, STEERS, sent.id.id, sent.id.ref, "%", "\u0000", "a".repeat(3_000)]) {
    await page.goto(`/find?q=${encodeURIComponent(text)}`);
    await harmless(visited, `find ${text.slice(0, 40)}`);
  }
  for (const path of [`/events?type=${encodeURIComponent(ALL)}`, `/events?endpoint=${encodeURIComponent(SCRIPT)}`, `/subscriptions/${encodeURIComponent(SCRIPT)}`, `/dlqs/${encodeURIComponent(IMAGE)}`, `/endpoints/${encodeURIComponent(LINK)}`, `/events/${encodeURIComponent(`${facts.endpoint.name}/${ALL}`)}`, `/${encodeURIComponent(ALL)}`]) {
    await page.goto(path);
    await harmless(visited, path.slice(0, 60));
  }
  for (const [what, { ref }] of Object.entries(sent)) {
    await page.goto(`/replay/${encodeURIComponent(ref)}`);
    await harmless(visited, `replay ${what}`);
  }
  await until(page, `/dlqs/${facts.subscription}`, "the dead letter", async () => (await page.locator(`main tr:has-text("${sent.error.ref}")`).count()) === 1);
  await harmless(visited, "dlq");
  await accessible(page, "dlq");
  await page.goto(addressOf(sent.error.ref));
  assert.match(await page.textContent("#way"), /<script>window\.ran=7<\/script>/, "the processor's error is there, as text");
  await harmless(visited, "error");
});

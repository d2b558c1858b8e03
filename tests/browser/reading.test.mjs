// Finding an event, reading its payload, following its way, and the keyboard.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { addressOf, deliver, facts, fresh, kind, live, open, until, visit } from "./lib.mjs";

const processor = facts.kinds?.processor ?? "trial";
let session;
let sent;
let mine;

before(async () => {
  session = await open();
  mine = `console.${fresh("read")}`;
  sent = [];
  for (let n = 0; n < 3; n += 1) sent.push(await deliver(mine, { more: { note: `coat ${n}`, big: 1, long: "x".repeat(300) } }));
});
after(() => session?.browser.close());

test("an event is found by its ref, its id and the beginning of its id", async () => {
  const { page, clean } = await visit(session);
  const [{ ref, id }] = sent;
  await page.goto("/events");
  for (const text of [ref, id, id.slice(0, 16)]) {
    await page.fill("#find", text);
    await page.press("#find", "Enter");
    await page.waitForURL((url) => url.pathname !== "/events" || url.search !== "");
    const there = decodeURIComponent(new URL(page.url()).pathname);
    if (!there.startsWith("/events/")) await page.click(`main a:has-text("${ref}")`);
    await page.waitForURL((url) => decodeURIComponent(url.pathname) === `/events/${ref}`);
    assert.match(await page.textContent("h1"), new RegExp(mine));
    await page.goto("/events");
  }
  await page.goto("/find?q=no-such-event-404");
  assert.doesNotMatch(await page.textContent("main"), /msg_/);
  await clean("find");
});

test("events are listed the newest first, and a row opens", async () => {
  const { page, clean } = await visit(session);
  await until(page, `/events?type=${encodeURIComponent(mine)}`, "three events", async () => (await page.locator("main tr[data-row]").count()) === 3);
  const refs = await page.locator("main tr[data-row] a.ref").allTextContents();
  assert.deepEqual(refs, sent.map(({ ref }) => ref).reverse());
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => decodeURIComponent(url.pathname) === `/events/${sent[1].ref}`);
  await clean("events");
});

test("the payload is folded, searched, shown as text and downloaded to the byte", async () => {
  const { page, clean } = await visit(session);
  const [{ ref, bytes }] = sent;
  await page.goto(addressOf(ref));
  await page.waitForSelector(".tree");
  await page.fill("[data-json-tools] input", "coat 0");
  await page.waitForFunction(() => document.querySelector("[data-json-tools] output").textContent.startsWith("1 of"));
  assert.ok(await page.locator("mark.now").isVisible());
  await page.click("[data-view=raw]");
  assert.ok((await page.textContent("pre[data-json]")).includes('"note":"coat 0"'));
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("a[download]")]);
  const stream = await download.createReadStream();
  const parts = [];
  for await (const part of stream) parts.push(part);
  assert.ok(Buffer.concat(parts).equals(bytes), "the exact bytes");
  await clean("payload");
});

test("the ref is copied, and verify again asks the server", async () => {
  const { page, clean } = await visit(session);
  const [{ ref }] = sent;
  await page.goto(addressOf(ref));
  await page.click(`[data-copy="${ref}"]`);
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), ref);
  const [answer] = await Promise.all([page.waitForResponse((one) => one.request().method() === "POST"), page.click("#verdict button")]);
  assert.equal(answer.status(), 200);
  assert.match(await page.textContent("#verdict"), /verif/i);
  await clean("verdict");
});

test("the way of an event is followed live while it is processed", async () => {
  const { page, clean } = await visit(session);
  const { ref } = await deliver(kind("slow"));
  await page.goto(addressOf(ref));
  const before = await page.textContent("#way");
  assert.doesNotMatch(before, new RegExp(`${processor}: completed`), "it takes three seconds");
  await page.evaluate(() => { globalThis.sameDocument = true; });
  await live(page, "#way", `${processor}: completed`);
  assert.ok(await page.evaluate(() => globalThis.sameDocument), "the page was not loaded again");
  await clean("way");
});

test("new events are announced, and the list keeps its place", async () => {
  const { page, clean } = await visit(session);
  await page.goto(`/events?type=${encodeURIComponent(mine)}`);
  await page.evaluate(() => { globalThis.sameDocument = true; });
  const rows = await page.locator("main tr[data-row]").count();
  const { ref } = await deliver(mine);
  await live(page, "#newer", "newer");
  assert.equal(await page.locator("main tr[data-row]").count(), rows);
  await page.click("#newer a");
  await page.waitForSelector(`main a:has-text("${ref}")`);
  await clean("newer");
});

test("the keyboard: / finds, ? lists, Escape closes, Tab leads to the content", async () => {
  const { page, clean } = await visit(session);
  await page.goto("/events");
  const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.textContent);
  await page.keyboard.press("j");
  const first = await focused();
  await page.keyboard.press("j");
  assert.notEqual(await focused(), first);
  await page.keyboard.press("k");
  assert.equal(await focused(), first);
  await page.keyboard.press("?");
  assert.ok(await page.locator("#keys").isVisible());
  await page.keyboard.press("Escape");
  assert.ok(!(await page.locator("#keys").isVisible()));
  await page.keyboard.press("/");
  assert.equal(await focused(), "find");
  await page.keyboard.type("jk?");
  assert.equal(await page.inputValue("#find"), "jk?");
  await page.goto("/");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.equal(await focused(), "main");
  await clean("keyboard");
});

test("without scripts the pages show the same", async () => {
  const { page } = await visit(session, { scripts: false });
  await page.goto(addressOf(sent[0].ref));
  assert.ok((await page.textContent("pre[data-json]")).includes("coat 0"));
  await page.goto("/subscriptions");
  assert.match(await page.textContent("main"), new RegExp(facts.subscription));
});

test("a colleague's address leads to the same page of one's own console", async () => {
  const { page, clean } = await visit(session);
  const { port } = new URL(session.base);
  const path = `${addressOf(sent[0].ref)}`;
  // It is another host, so the check for requests elsewhere would complain.
  const context = await session.browser.newContext({ storageState: session.state });
  const other = await context.newPage();
  await other.goto(`http://127.0.0.1:${port}${path}`);
  assert.equal(other.url(), session.base + path);
  await context.close();
  await page.goto(path);
  await clean("address");
});

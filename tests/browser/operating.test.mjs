// What changes something, with `--operate`.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { addressOf, deliver, facts, kind, live, open, PATIENCE, until, visit } from "./lib.mjs";

const processor = facts.kinds?.processor ?? "trial";
let session;
const name = facts.subscription;

before(async () => { session = await open(); });
after(() => session?.browser.close());

/// Does what the page has said, and waits until it is done: what takes long says how far it is.
async function confirm(page) {
  await page.click("main form[method=post] .buttons button");
  await page.waitForLoadState();
  await page.waitForFunction(() => !document.querySelector("#job [role=status]"), null, { timeout: PATIENCE });
}

test("an event is replayed, and its new try appears by itself", async () => {
  const { page, clean } = await visit(session);
  const { ref } = await deliver(kind("done"));
  await until(page, addressOf(ref), "the first try", async () => (await page.textContent("#way")).includes(`${processor}: completed`));
  await page.click("main a:has-text('Replay')");
  await page.waitForURL(/\/replay\//);
  await page.check(`main input[name=to][value="${name}"]`);
  await page.check("main input[name=force][value=yes]");
  await page.click("main form button.primary");
  await page.waitForURL((url) => url.searchParams.has("to"));
  assert.match(await page.textContent("main"), new RegExp(name), "it says first what it will do");
  await confirm(page);
  await page.waitForURL((url) => decodeURIComponent(url.pathname) === `/events/${ref}`);
  await page.evaluate(() => { globalThis.sameDocument = true; });
  await live(page, "#way", "try 2");
  assert.ok(await page.evaluate(() => globalThis.sameDocument));
  await clean("replay");
});

test("a poison event arrives in the DLQ, is sent back, and succeeds", async () => {
  const { page, clean } = await visit(session);
  // Its processor rejects it once.
  const { ref } = await deliver(kind("rejected-once"));
  await until(page, `/dlqs/${name}`, "the dead letter", async () => (await page.locator(`main tr:has-text("${ref}")`).count()) === 1);
  const row = page.locator(`main tr:has-text("${ref}")`);
  assert.match(await row.textContent(), /asked to be rejected/, "the reason is there");
  await row.locator("input[name=message]").check();
  assert.equal(await page.locator("[data-picked]").first().textContent(), "1");
  await page.click("main button[name=do][value=redrive]");
  await page.waitForURL(/\/change/);
  assert.match(await page.textContent("main"), /1 dead letter/, "it says how many");
  assert.match(await page.textContent("main"), new RegExp(ref));
  await confirm(page);
  await until(page, addressOf(ref), "its second try", async () => (await page.textContent("#way")).includes(`${processor}: completed`));
  await until(page, `/dlqs/${name}`, "the DLQ without it", async () => (await page.locator(`main tr:has-text("${ref}")`).count()) === 0);
  await clean("redrive");
});

test("one of two dead letters is deleted, and the other stays", async () => {
  const { page, clean } = await visit(session);
  const [gone, stays] = [await deliver(kind("rejected")), await deliver(kind("rejected"))];
  const rows = ({ ref }) => page.locator(`main tr:has-text("${ref}")`);
  await until(page, `/dlqs/${name}`, "two dead letters", async () => (await rows(gone).count()) === 1 && (await rows(stays).count()) === 1);
  await rows(gone).locator("input[name=message]").check();
  await page.click("main button[name=do][value=purge]");
  await page.waitForURL(/\/change/);
  await confirm(page);
  await until(page, `/dlqs/${name}`, "one dead letter", async () => (await rows(gone).count()) === 0 && (await rows(stays).count()) === 1);
  // What was confirmed is no longer so: nothing happens, and the page says so.
  const [key] = await rows(stays).locator("input[name=message]").evaluateAll((boxes) => boxes.map((box) => box.value));
  await page.goto(`/dlqs/${name}/change?do=purge&message=${encodeURIComponent(key)}`);
  const twin = await visit(session);
  await twin.page.goto(`/dlqs/${name}/change?do=purge&message=${encodeURIComponent(key)}`);
  await confirm(page);
  await confirm(twin.page);
  assert.match(await twin.page.textContent("main"), /nothing was/i);
  await clean("purge");
});

test("a subscription is paused and resumed", async () => {
  const { page, clean } = await visit(session);
  await page.goto(`/subscriptions/${name}`);
  await page.click("main a:has-text('Pause')");
  await page.waitForURL(/\/pause$/);
  assert.match(await page.textContent("main"), /14 d/, "it says what happens meanwhile");
  await confirm(page);
  await until(page, `/subscriptions/${name}`, "the pipe to stop", async () => /STOPPED/.test(await page.textContent("main")));
  const { ref } = await deliver(kind("done"));
  await page.goto(addressOf(ref));
  await live(page, "#way", `${name}: no try yet`);
  await page.goto(`/subscriptions/${name}`);
  await page.click("main a:has-text('Resume')");
  await page.waitForURL(/\/resume$/);
  await confirm(page);
  await until(page, `/subscriptions/${name}`, "the pipe to run", async () => /RUNNING/.test(await page.textContent("main")));
  await until(page, addressOf(ref), "the event to be processed", async () => (await page.textContent("#way")).includes(`${processor}: completed`));
  await clean("pause");
});

test("a test delivery is sent, and says what became of it", async () => {
  const { page, clean } = await visit(session);
  await page.goto(`/endpoints/${facts.endpoint.name}`);
  await page.click("form[action$='/test'] button");
  await page.waitForFunction(() => /200/.test(document.querySelector("#test").textContent), null, { timeout: PATIENCE });
  await clean("test delivery");
});

test("a key is rotated, and its secret is shown once", async () => {
  const { page, clean } = await visit(session);
  await page.goto(`/endpoints/${facts.endpoint.name}`);
  await page.click("main a:has-text('Rotate key')");
  await page.waitForURL(/\/rotate$/);
  await confirm(page);
  await page.waitForSelector(".secret");
  const secret = (await page.textContent(".secret")).trim();
  assert.match(secret, /^whsec_/);
  assert.ok(!page.url().includes(secret), "never in an address");
  await page.goto(`/endpoints/${facts.endpoint.name}`);
  assert.ok(!(await page.content()).includes(secret), "not shown again");
  // The old one is still accepted, and so is the new one.
  await deliver(kind("done"));
  facts.endpoint.secret = secret;
  await deliver(kind("done"));
  await clean("rotate");
});

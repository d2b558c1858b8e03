// What the tests of the console share: a browser with one session, a provider that signs, and the
// checks that every page has to pass.
//
// tests/it/console.rs starts the console and says where it is, in COATCHECK_CONSOLE:
//   { url, operate, endpoint: { name, url, secret }, subscription, pictures }
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHmac, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { setTimeout as pause } from "node:timers/promises";
import { chromium } from "playwright-core";

export const facts = JSON.parse(process.env.COATCHECK_CONSOLE ?? "null");
if (!facts) throw new Error("COATCHECK_CONSOLE is not set: run scripts/e2e console");

/// Long enough for two queues, a cold function and a slow machine.
export const PATIENCE = 120_000;

const root = new URL("../..", import.meta.url).pathname;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// --- The provider -----------------------------------------------------------------------------

export const fresh = (prefix) => `${prefix}_${randomBytes(10).toString("hex")}`;

/// Delivers an event as a provider of Standard Webhooks does, and returns its ref.
/// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
export async function deliver(type, { id = fresh("msg"), body, headers = {}, more = {} } = {}) {
  const bytes = Buffer.from(body ?? JSON.stringify({ type, timestamp: new Date().toISOString(), data: { id, ...more } }));
  const at = String(Math.floor(Date.now() / 1000));
  const key = Buffer.from(facts.endpoint.secret.replace(/^whsec_/, ""), "base64");
  const content = Buffer.concat([Buffer.from(`${id}.${at}.`), bytes]);
  const signature = `v1,${createHmac("sha256", key).update(content).digest("base64")}`;
  const answer = await fetch(facts.endpoint.url, {
    method: "POST",
    headers: { "content-type": "application/json", "webhook-id": id, "webhook-timestamp": at, "webhook-signature": signature, ...headers },
    body: bytes,
  });
  const said = await answer.json();
  assert.equal(answer.status, 200, JSON.stringify(said));
  return { ref: said.ref, id, bytes };
}

/// The type of events that the processor of the tests treats in this way: `done`, `slow`, `rejected`.
export const kind = (what) => facts.kinds?.[what] ?? `console.${what}`;

export const addressOf = (ref) => `/events/${encodeURIComponent(ref)}`;

// --- The browser ------------------------------------------------------------------------------

const FLAGS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/// Opens the console with the address that it printed, which works once.
export async function open() {
  const executablePath = execFileSync("scripts/chromium", { cwd: root, encoding: "utf8" }).trim();
  // Its own folder for its data, which it deletes. Root cannot have Chromium's sandbox.
  const browser = await chromium.launch({ executablePath, args: FLAGS, chromiumSandbox: process.getuid() !== 0 });
  const context = await browser.newContext();
  const page = await context.newPage();
  const answer = await page.goto(facts.url);
  assert.equal(answer.status(), 200, "the printed address opens the console");
  const { origin, search } = new URL(page.url());
  assert.equal(search, "", "the token leaves the address");
  const state = await context.storageState();
  await context.close();
  return { browser, base: origin, state };
}

/// A page in the session. `seen` collects what may never happen; `clean` fails if it did.
export async function visit(session, { theme = "light", width = 1280, scripts = true, cookies = true } = {}) {
  const context = await session.browser.newContext({
    viewport: { width, height: width < 500 ? 740 : 900 },
    colorScheme: theme,
    reducedMotion: "reduce",
    javaScriptEnabled: scripts,
    baseURL: session.base,
    ...(cookies ? { storageState: session.state } : {}),
  });
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: session.base });
  // The CSP of a page has no reporting address: what it refused is an event of the document.
  await context.addInitScript(() => {
    globalThis.refused = [];
    document.addEventListener("securitypolicyviolation", (event) => globalThis.refused.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`));
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const seen = [];
  page.on("pageerror", (error) => seen.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => { seen.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", (request) => { if (!request.url().startsWith(session.base)) seen.push(`asks elsewhere: ${request.url()}`); });
  page.on("console", (message) => {
    // An answer such as 403 is a line of the browser's own, and the test looks at it itself.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) seen.push(`console: ${message.text()}`);
  });
  const clean = async (where) => {
    const { refused, ran } = await page.evaluate(() => ({ refused: globalThis.refused ?? [], ran: globalThis.ran }));
    assert.deepEqual([...seen, ...refused.map((one) => `the CSP refused ${one}`)], [], where);
    assert.equal(ran, undefined, `${where}: planted script ran`);
  };
  return { context, page, seen, clean };
}

/// Reads a page again until it is as expected: for what only shows after a reload.
export async function until(page, path, what, holds) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    await page.goto(path);
    if (await holds(page)) return;
    assert.ok(Date.now() < end, `waited ${PATIENCE / 1000} s for ${what}: ${(await page.textContent("main")).slice(0, 600)}`);
    await pause(1_000);
  }
}

/// Waits for a text in a part that the page fetches by itself; the page must not be loaded again.
export async function live(page, selector, text) {
  await page.waitForFunction(
    ([selector, text]) => document.querySelector(selector)?.textContent.includes(text),
    [selector, text],
    { timeout: PATIENCE },
  );
}

// --- What every page has to pass ----------------------------------------------------------------

export async function accessible(page, where) {
  // The driver evaluates outside of the page's CSP, so the page needs no exception for it.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  const told = serious.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
  assert.deepEqual(told, [], where);
}

export async function fits(page, where) {
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - globalThis.innerWidth);
  assert.ok(wider <= 0, `${where}: ${wider} px wider than the window`);
}

/// Where pictures go, if someone is to look at them.
export const pictures = process.env.COATCHECK_PICTURES && facts.pictures;

export async function picture(page, name) {
  if (!pictures) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true });
}

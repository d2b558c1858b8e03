// Attacks on the server, from outside and from other pages of the same browser.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { facts, open, visit } from "./lib.mjs";
import { ask } from "./raw.mjs";

let session;
const pause = { method: "POST", path: `/subscriptions/${facts.subscription}/pause` };

before(async () => { session = await open(); });
after(() => session?.browser.close());

async function stillRuns() {
  const { page, context } = await visit(session);
  await page.goto(`/subscriptions/${facts.subscription}`);
  assert.match(await page.textContent("main"), /RUNNING/);
  await context.close();
}

test("another Host is refused, for pages, assets and the stream", async () => {
  const { host, port } = new URL(session.base);
  assert.equal((await ask(session)).status, 200, "the request itself is right");
  for (const other of ["example.com", `example.com:${port}`, `${host}.example.com`, host.split(":")[0], `c-0000000000000000.localhost:${port}`, `localhost:${port}`, ""]) {
    for (const path of ["/", "/assets/console.css", "/live?part=flow", "/events"]) {
      assert.equal((await ask(session, { path, headers: { host: other } })).status, 403, `${other} ${path}`);
    }
  }
  assert.equal((await ask(session, { headers: { host: null } })).status >= 400, true, "no Host");
});

test("without the cookie, or with another one, nothing is shown", async () => {
  const [{ name, value }] = session.state.cookies;
  const others = [null, "", `${name}=`, `${name}=${"0".repeat(value.length)}`, `${name}=${value.slice(0, -1)}`, `x${name}=${value}`, `${name}=${new URL(facts.url).searchParams.get("token")}`];
  for (const cookie of others) {
    // The assets are the same in every binary, and the page of a refusal wants them.
    for (const path of ["/", "/events", "/live?part=flow", "/parts/flow"]) {
      const answer = await ask(session, { path, headers: { cookie } });
      assert.equal(answer.status, 403, `${cookie} ${path}`);
      assert.doesNotMatch(answer.text, /coatcheck-/, "it says nothing about the stack");
    }
  }
});

test("the token works once, and no other one does", async () => {
  const { searchParams } = new URL(facts.url);
  const token = searchParams.get("token");
  for (const one of [token, "0".repeat(token.length), "", `${token}0`]) {
    const answer = await ask(session, { path: `/?token=${one}`, headers: { cookie: null } });
    assert.equal(answer.status, 403, one);
    assert.equal(answer.headers["set-cookie"], undefined, one);
  }
});

test("a post of another origin, or of none, is refused", async () => {
  const { host, port } = new URL(session.base);
  for (const origin of [null, "", "null", "http://example.com", `http://127.0.0.1:${port}`, `http://localhost:${port}`, `https://${host}`, `http://${host}.example.com`, `http://${host}0`]) {
    assert.equal((await ask(session, { ...pause, headers: { origin } })).status, 403, String(origin));
  }
  for (const site of ["cross-site", "same-site", "none"]) {
    assert.equal((await ask(session, { ...pause, headers: { "sec-fetch-site": site } })).status, 403, site);
  }
  assert.equal((await ask(session, { ...pause, headers: { cookie: null } })).status, 403, "no cookie");
  for (const kind of ["application/json", "text/plain", "multipart/form-data; boundary=x", null]) {
    assert.ok((await ask(session, { ...pause, headers: { "content-type": kind } })).status >= 400, String(kind));
  }
  await stillRuns();
});

test("127.0.0.1 leads to the session's own host, and takes no post", async () => {
  const { port } = new URL(session.base);
  const host = `127.0.0.1:${port}`;
  const answer = await ask(session, { path: "/events?type=a", headers: { host, cookie: null } });
  assert.equal(answer.status, 307);
  assert.equal(answer.headers.location, `${session.base}/events?type=a`);
  for (const path of ["//example.com", "/\\example.com", "/%0d%0aset-cookie:a=b"]) {
    const { status, headers } = await ask(session, { path, headers: { host, cookie: null } });
    assert.ok(status >= 400 || headers.location.startsWith(`${session.base}/`), `${path}: ${headers.location}`);
  }
  assert.equal((await ask(session, { ...pause, headers: { host } })).status, 403);
});

test("a page on another port that posts is refused, and gets no cookie", async () => {
  const visited = [];
  const page = (target) => `<!doctype html><form method=post action="${target}"><input name=for value=30m><button>go</button></form>
    <script>fetch("${target}", { method: "POST", mode: "no-cors", credentials: "include", body: new URLSearchParams({ for: "30m" }) })
      .then(() => document.title = "sent", () => document.title = "sent")</script>`;
  const other = createServer((asked, answer) => {
    visited.push(asked.headers.cookie);
    answer.writeHead(200, { "content-type": "text/html" }).end(page(session.base + pause.path));
  });
  await new Promise((listens) => other.listen(0, "127.0.0.1", listens));
  try {
    const { port } = other.address();
    // The same machine, the same machine's name, and a neighbour of the session's own name.
    for (const host of ["127.0.0.1", "localhost", "c-0000000000000000.localhost"]) {
      const context = await session.browser.newContext({ storageState: session.state });
      const tab = await context.newPage();
      const answers = [];
      tab.on("response", (response) => { if (response.url().endsWith("/pause")) answers.push(response.status()); });
      await tab.goto(`http://${host}:${port}/`);
      await tab.waitForFunction(() => document.title === "sent");
      await tab.click("button");
      await tab.waitForLoadState();
      assert.ok(answers.length >= 1 && answers.every((status) => status === 403), `${host}: ${answers}`);
      await context.close();
    }
    assert.deepEqual(visited.filter(Boolean), [], "the console's cookie stays with the console");
  } finally {
    other.close();
  }
  await stillRuns();
});

test("no answer may be framed, kept, guessed or read by another origin", async () => {
  for (const path of ["/", "/assets/console.js", "/no-such-page", "/events"]) {
    const { headers } = await ask(session, { path });
    const csp = headers["content-security-policy"];
    assert.match(csp, /default-src 'none'/, path);
    assert.match(csp, /frame-ancestors 'none'/, path);
    assert.doesNotMatch(csp, /unsafe|\*|data:|https?:/, path);
    assert.equal(headers["cache-control"], "no-store", path);
    assert.equal(headers["x-content-type-options"], "nosniff", path);
    assert.equal(headers["referrer-policy"], "same-origin", path);
    assert.equal(headers["cross-origin-resource-policy"], "same-origin", path);
    assert.equal(headers["access-control-allow-origin"], undefined, path);
  }
});

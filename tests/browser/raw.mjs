// Requests that no browser would send: any Host, Origin and cookie.
import { request } from "node:http";

const cookieOf = ({ state }) => state.cookies.map(({ name, value }) => `${name}=${value}`).join("; ");

/// A request as one of the console's own pages sends it, but for what `headers` says; null leaves a header out.
export function ask(session, { method = "GET", path = "/", headers = {}, body = "" } = {}) {
  const { host, port, origin } = new URL(session.base);
  const own = { host, cookie: cookieOf(session) };
  if (method === "POST") Object.assign(own, { origin, "sec-fetch-site": "same-origin", "content-type": "application/x-www-form-urlencoded" });
  const all = Object.entries({ ...own, ...headers }).filter(([, value]) => value !== null);
  return new Promise((done, fail) => {
    const asked = request({ host: "127.0.0.1", port, path, method, headers: Object.fromEntries(all), setHost: false }, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("end", () => done({ status: answer.statusCode, headers: answer.headers, text: Buffer.concat(parts).toString() }));
    });
    asked.on("error", fail);
    asked.end(body);
  });
}

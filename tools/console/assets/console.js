// What the page adds to the server's HTML: keys, live parts, folded JSON, charts, copying.
// Foreign text reaches the page as text nodes only. Nothing here parses HTML.
"use strict";

(() => {
  const find = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];

  function element(name, { className, text, ...attributes } = {}, ...children) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.append(...visible(text));
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  // The server's rule (`operator::steers`; a test compares them): what would steer the page or cannot be seen is spelled out.
  const STEERS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

  function visible(foreign) {
    const text = foreign.replaceAll("\r\n", "\n");
    const parts = [];
    let from = 0;
    for (const hit of text.matchAll(STEERS)) {
      if (hit.index > from) parts.push(document.createTextNode(text.slice(from, hit.index)));
      const span = document.createElement("span");
      span.className = "esc";
      span.textContent = `\\u{${hit[0].codePointAt(0).toString(16)}}`;
      parts.push(span);
      from = hit.index + hit[0].length;
    }
    if (from < text.length) parts.push(document.createTextNode(text.slice(from)));
    return parts;
  }

  function say(text) {
    const toast = find("#said");
    if (!toast) return;
    toast.textContent = text;
    clearTimeout(say.timer);
    say.timer = setTimeout(() => { toast.textContent = ""; }, 4000);
  }

  // --- Keys -------------------------------------------------------------------------------

  const KEYS_OFF = "coatcheck-keys-off";
  const stored = {
    get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
    set: (key, value) => { try { localStorage.setItem(key, value); } catch { /* not kept */ } },
  };

  function move(step) {
    const rows = all("[data-row]").filter((row) => row.offsetParent !== null);
    if (!rows.length) return;
    const at = rows.findIndex((row) => row.contains(document.activeElement));
    const next = at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step;
    const row = rows[Math.min(Math.max(next, 0), rows.length - 1)];
    find("a, button, summary", row)?.focus();
    row.scrollIntoView({ block: "nearest" });
  }

  const KEYS = {
    "/": () => { const box = find("#find"); box?.focus(); box?.select(); },
    j: () => move(1),
    k: () => move(-1),
    "?": () => { const keys = find("#keys"); if (keys && !keys.open) keys.showModal(); },
  };

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input:not([type=checkbox]):not([type=radio]), select, textarea, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || find("dialog[open]")) return;
    const act = KEYS[event.key];
    if (!act || stored.get(KEYS_OFF)) return;
    event.preventDefault();
    act();
  });

  function keySwitch() {
    const box = find("#keys-on");
    if (!box) return;
    box.checked = !stored.get(KEYS_OFF);
    box.addEventListener("change", () => stored.set(KEYS_OFF, box.checked ? "" : "1"));
    find("[data-keys]")?.addEventListener("click", () => find("#keys").showModal());
  }

  // --- Copying and picking ----------------------------------------------------------------

  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      say(`Copied: ${button.dataset.what ?? "text"}`);
    } catch {
      say("The browser did not allow copying: select the text instead");
    }
  });

  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("form[data-pick]");
    if (!form) return;
    const boxes = all("input[name=message]", form);
    if (event.target.matches("[data-all]")) for (const box of boxes) box.checked = event.target.checked;
    const picked = boxes.filter((box) => box.checked).length;
    const whole = find("[data-all]", form);
    if (whole) {
      whole.checked = picked === boxes.length;
      whole.indeterminate = picked > 0 && picked < boxes.length;
    }
    for (const count of all("[data-picked]", form)) count.textContent = String(picked);
  });

  // --- Live parts -------------------------------------------------------------------------
  // The stream carries names of parts, never content: `flow` makes each element with
  // hx-trigger="live-flow from:body" fetch itself again. A hidden page listens to nothing, so
  // that a forgotten tab asks AWS for nothing.

  function live() {
    const mark = find("[data-live]");
    if (!mark) return;
    let source = null;
    const state = (name, text) => { mark.dataset.state = name; mark.textContent = text; };
    const close = () => { source?.close(); source = null; };
    const open = () => {
      if (source || document.hidden) return;
      source = new EventSource(mark.dataset.live);
      source.addEventListener("open", () => state("on", "Live"));
      source.addEventListener("error", () => state("lost", "Not live: the console does not answer. Is the command still running?"));
      source.addEventListener("trouble", (event) => {
        state("lost", `Not live since ${event.data}: AWS does not answer as expected. Reload the page to see why.`);
      });
      for (const name of mark.dataset.parts.split(" ")) {
        source.addEventListener(name, (event) => {
          state("on", `Live, read at ${event.data}`);
          document.body.dispatchEvent(new CustomEvent(`live-${name}`));
        });
      }
    };
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) return open();
      close();
      state("waiting", "Paused while you look elsewhere");
    });
    addEventListener("pagehide", close);
    open();
  }

  // A part that is replaced takes the focus with it: give it back to the same link.
  let focusedLink = null;

  function keepFocus() {
    document.body.addEventListener("htmx:beforeSwap", (event) => {
      const active = document.activeElement;
      focusedLink = event.detail.target.contains(active) ? active.getAttribute("href") : null;
    });
    document.body.addEventListener("htmx:afterSettle", () => {
      if (focusedLink === null || document.activeElement !== document.body) return;
      all("a[href]").find((link) => link.getAttribute("href") === focusedLink && link.closest("main"))?.focus({ preventScroll: true });
      focusedLink = null;
    });
  }

  // --- Folded JSON ------------------------------------------------------------------------
  // A reader of its own: JSON.parse changes long numbers, drops the first of two equal keys,
  // and overflows on deep nesting.

  const DEEPEST = 200;

  class NotJson extends Error {}

  function readJson(text) {
    const token = /[ \t\r\n]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null))[ \t\r\n]*/y;
    let seen = null;
    const next = () => {
      seen = token.exec(text);
      if (!seen) throw new NotJson();
      return seen;
    };
    const value = (depth) => {
      const [, mark, string, number] = seen;
      if (string !== undefined) return { kind: "string", text: string };
      if (number !== undefined) return { kind: "number", text: number };
      if (mark === undefined) return { kind: "word", text: seen[4] };
      if ((mark !== "{" && mark !== "[") || depth > DEEPEST) throw new NotJson();
      const isObject = mark === "{";
      const end = isObject ? "}" : "]";
      const node = { kind: isObject ? "object" : "array", items: [] };
      if (next()[1] === end) return node;
      for (;;) {
        let key = null;
        if (isObject) {
          if (seen[2] === undefined) throw new NotJson();
          key = seen[2];
          if (next()[1] !== ":") throw new NotJson();
          next();
        }
        node.items.push({ key, value: value(depth + 1) });
        const after = next()[1];
        if (after === end) return node;
        if (after !== ",") throw new NotJson();
        next();
      }
    };
    next();
    const whole = value(0);
    if (token.lastIndex !== text.length) throw new NotJson();
    return whole;
  }

  // A string as it reads: \u00fc becomes a letter. What steers stays visible.
  const readable = (string) => { try { return `"${JSON.parse(string)}"`; } catch { return string; } };

  function matches(node, key, wanted) {
    const own = (key !== null && readable(key).toLowerCase().includes(wanted))
      || (node.text !== undefined && readable(node.text).toLowerCase().includes(wanted));
    node.own = own;
    node.within = false;
    for (const item of node.items ?? []) {
      if (matches(item.value, item.key, wanted)) node.within = true;
    }
    return own || node.within;
  }

  function marked(text, wanted) {
    if (!wanted) return visible(text);
    const parts = [];
    const low = text.toLowerCase();
    let from = 0;
    for (let at = low.indexOf(wanted); at >= 0 && low.length === text.length; at = low.indexOf(wanted, from)) {
      parts.push(...visible(text.slice(from, at)), element("mark", { text: text.slice(at, at + wanted.length) }));
      from = at + wanted.length;
    }
    return [...parts, ...visible(text.slice(from))];
  }

  function branch(node, key, depth, wanted) {
    const label = key === null ? [] : [element("span", { className: "key" }, ...marked(readable(key), wanted)), ": "];
    if (node.text !== undefined) {
      const text = node.kind === "string" ? readable(node.text) : node.text;
      return element("div", { className: "leaf" }, ...label, element("span", { className: node.kind }, ...marked(text, wanted)));
    }
    const [open, close] = node.kind === "object" ? "{}" : "[]";
    if (!node.items.length) return element("div", { className: "leaf" }, ...label, open + close);
    const noun = node.kind === "object" ? "field" : "item";
    const count = `${node.items.length} ${noun}${node.items.length === 1 ? "" : "s"}`;
    const summary = element("summary", {}, ...label, `${open} `, element("span", { className: "count", text: count }), ` ${close}`);
    const details = element("details", {}, summary);
    let built = false;
    const build = () => {
      if (built) return;
      built = true;
      const children = node.items.map((item) => branch(item.value, item.key, depth + 1, wanted));
      details.append(element("div", {}, ...children));
    };
    details.addEventListener("toggle", () => { if (details.open) build(); });
    if (wanted ? node.within : depth < 3 && node.items.length <= 100) {
      build();
      details.open = true;
    }
    return details;
  }

  function foldJson(raw) {
    let tree;
    try {
      tree = readJson(raw.textContent);
    } catch {
      return; // Not JSON, cut off, or too deep: the text stays as it is.
    }
    const box = raw.closest("[data-payload]");
    const folded = element("div", { className: "payload tree", tabindex: "0", role: "region", "aria-label": "Payload, folded" });
    const draw = (wanted) => folded.replaceChildren(branch(tree, null, 0, wanted));
    draw("");
    raw.before(folded);
    raw.hidden = true;
    const tools = find("[data-json-tools]", box);
    tools.hidden = false;
    const show = (isRaw) => {
      raw.hidden = !isRaw;
      folded.hidden = isRaw;
      for (const button of all("[data-view]", tools)) {
        button.setAttribute("aria-pressed", String((button.dataset.view === "raw") === isRaw));
      }
    };
    for (const button of all("[data-view]", tools)) {
      button.addEventListener("click", () => show(button.dataset.view === "raw"));
    }
    searchIn(find("input", tools), find("output", tools), folded, (wanted) => {
      show(false);
      if (wanted) matches(tree, null, wanted);
      draw(wanted);
    });
  }

  function searchIn(input, output, folded, draw) {
    let at = -1;
    let timer = 0;
    const hits = () => all("mark", folded);
    const step = (by) => {
      const marks = hits();
      if (!marks.length) return;
      marks[at]?.classList.remove("now");
      at = (at + by + marks.length) % marks.length;
      marks[at].classList.add("now");
      marks[at].scrollIntoView({ block: "nearest" });
      output.textContent = `${at + 1} of ${marks.length}`;
    };
    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        at = -1;
        const wanted = input.value.toLowerCase();
        draw(wanted);
        output.textContent = !wanted ? "" : hits().length ? "" : "not found";
        step(1);
      }, 150);
    });
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      step(event.shiftKey ? -1 : 1);
    });
  }

  // --- Charts -----------------------------------------------------------------------------
  // The numbers are in a table that anyone can open; the chart is drawn from it.

  function chart(figure) {
    const table = find("table", figure);
    const rows = all("tbody tr", table).map((row) => all("th, td", row).map((cell) => cell.dataset.value ?? cell.textContent));
    if (!rows.length || typeof uPlot === "undefined") return;
    const names = all("thead th", table).slice(1).map((cell) => cell.textContent);
    const columns = rows[0].map((_, column) => rows.map((row) => Number(row[column])));
    const box = element("div", { className: "chart-box", "aria-hidden": "true" });
    const probe = (className) => {
      const span = element("span", { className });
      figure.append(span);
      const { color } = getComputedStyle(span);
      span.remove();
      return color;
    };
    const output = find("output", figure);
    let plot = null;
    const draw = () => {
      plot?.destroy();
      const axis = { stroke: getComputedStyle(figure).color, grid: { stroke: probe("probe"), width: 1 }, ticks: { stroke: probe("probe") } };
      plot = new uPlot({
        width: Math.max(box.clientWidth, 200),
        height: box.clientHeight || 240,
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
        legend: { show: false },
        cursor: { drag: { x: false, y: false } },
        scales: { y: { range: (_, low, high) => [0, Math.max(high * 1.1, 1)] } },
        axes: [{ ...axis, values: (_, at) => at.map((x) => new Date(x * 1000).toISOString().slice(11, 16)) }, { ...axis, size: 48 }],
        series: [{}, ...names.map((name, n) => ({ label: name, stroke: probe(`series-${n + 1}`), width: 2, points: { show: false }, paths: uPlot.paths.stepped({ align: 1 }) }))],
        hooks: {
          setCursor: [(shown) => {
            const { idx } = shown.cursor;
            if (idx === null || idx === undefined) { output.textContent = ""; return; }
            const at = new Date(columns[0][idx] * 1000).toISOString().slice(11, 16);
            output.textContent = `${at}: ${names.map((name, n) => `${columns[n + 1][idx]} ${name}`).join(", ")}`;
          }],
        },
      }, columns, box);
    };
    figure.prepend(box);
    draw();
    new ResizeObserver(() => { if (plot && box.clientWidth && plot.width !== box.clientWidth) plot.setSize({ width: box.clientWidth, height: box.clientHeight }); }).observe(box);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  }

  // --- Start ------------------------------------------------------------------------------

  function prepare(root) {
    for (const raw of all("pre[data-json]:not([data-ready])", root)) { raw.dataset.ready = ""; foldJson(raw); }
    for (const figure of all("figure[data-chart]:not([data-ready])", root)) { figure.dataset.ready = ""; chart(figure); }
    for (const time of all("time[datetime]:not([title])", root)) {
      const at = new Date(time.dateTime);
      if (!Number.isNaN(at.getTime())) time.title = at.toLocaleString();
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    prepare(document);
    keySwitch();
    live();
    keepFocus();
    document.body.addEventListener("htmx:afterSettle", () => prepare(document));
    for (const name of ["htmx:responseError", "htmx:sendError"]) {
      document.body.addEventListener(name, () => say("The console did not answer as expected: reload the page"));
    }
  });
})();

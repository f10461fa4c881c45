"use strict";
(() => {
const all = (q, root = document) => [...root.querySelectorAll(q)], one = (q, root = document) => root.querySelector(q);
const say = document.documentElement.dataset;
document.documentElement.classList.add("js");

// buttons that copy
for (const frame of all(".code")) {
  const button = document.createElement("button");
  button.className = "copy"; button.type = "button"; button.textContent = say.copy;
  button.addEventListener("click", async () => {
    const text = one("code", frame).textContent;
    try { await navigator.clipboard.writeText(text); }
    catch {
      const area = document.createElement("textarea");
      area.value = text; frame.append(area); area.select(); document.execCommand("copy"); area.remove();
    }
    button.textContent = say.copied; button.focus();
    setTimeout(() => { button.textContent = say.copy; }, 1500);
  });
  frame.append(button);
}

// ticks are kept by the browser, where it lets pages do so
const kept = { get(k) { try { return localStorage.getItem(k); } catch { return null; } }, set(k, v) { try { v ? localStorage.setItem(k, v) : localStorage.removeItem(k); } catch { } } };
for (const tick of all(".tick")) {
  const key = "hagen " + say.page + " " + tick.id;
  tick.checked = kept.get(key) === "1";
  tick.addEventListener("change", () => kept.set(key, tick.checked ? "1" : ""));
}

// days
for (const day of all("time[data-kind]")) {
  const days = Math.floor((Date.parse(day.dateTime) - Date.now()) / 864e5), mark = document.createElement("span");
  if (day.dataset.kind === "end" && days < 30) {
    mark.className = days < 0 ? "tag bad" : "tag warn"; mark.textContent = days < 0 ? say.expired : say.soon; day.after(" ", mark);
  } else if (day.dataset.kind === "age" && days <= 0) day.title = say.ago.replace("%d", -days);
}

// in a picture, what somebody points at and what it speaks to
for (const svg of all("svg.picture")) {
  const show = of => {
    const on = new Set(of ? [of] : []);
    for (const line of all("path.line", svg)) {
      const hit = of && (line.dataset.from === of || line.dataset.to === of);
      line.classList.toggle("on", !!hit);
      if (hit) { on.add(line.dataset.from); on.add(line.dataset.to); }
    }
    for (const box of all(".box", svg)) box.classList.toggle("on", on.has(box.dataset.of));
    svg.classList.toggle("dim", all("path.on", svg).length > 0);
  };
  for (const box of all("[data-of]", svg)) {
    for (const event of ["pointerenter", "focus"]) box.addEventListener(event, () => show(box.dataset.of));
    for (const event of ["pointerleave", "blur"]) box.addEventListener(event, () => show(""));
  }
}

// colours, where the browser can paint text without changing the page
const paints = window.Highlight && CSS.highlights, painted = new WeakSet();
const rules = {
  yaml: [["comment", /(?:^|[ \t])#.*/y], ["string", /"(?:[^"\\\n]|\\.)*"|'[^'\n]*'/y], ["key", /[\w.\/-]+(?=:(?:\s|$))/y], ["number", /\b(?:\d+(?:\.\d+)?|true|false|null)\b(?![\w.-])/y]],
  sh: [["comment", /(?:^|[ \t])#.*/y], ["string", /"(?:[^"\\]|\\.)*"|'[^']*'/y], ["number", /\$\{?[\w@*#?]+\}?/y], ["word", /\b(?:if|then|else|elif|fi|for|while|do|done|case|esac|in|return|exit|local|set|export|test)\b/y]],
  conf: [["comment", /(?:^|[ \t])[#;].*/y], ["string", /"(?:[^"\\\n]|\\.)*"|'[^'\n]*'/y], ["key", /^[ \t]*[\w.\/-]+(?=[ \t=:\[]|$)/my], ["word", /^\[[^\]\n]*\]/my], ["number", /\b\d[\w.\/:]*\b/y]],
  json: [["key", /"(?:[^"\\]|\\.)*"(?=\s*:)/y], ["string", /"(?:[^"\\]|\\.)*"/y], ["number", /\b(?:-?\d[\d.e+-]*|true|false|null)\b/y]],
  toml: [["comment", /(?:^|[ \t])#.*/y], ["word", /^\[.*\]/my], ["string", /"(?:[^"\\\n]|\\.)*"|'[^'\n]*'/y], ["key", /[\w.-]+(?=\s*=)/y], ["number", /\b(?:[\d][\w.:-]*|true|false)\b/y]],
  md: [["comment", /^#.*/my], ["string", /`[^`\n]+`/y]],
};
const sheet = name => { if (!CSS.highlights.has(name)) CSS.highlights.set(name, new Highlight()); return CSS.highlights.get(name); };
function paint(code) {
  if (!paints || painted.has(code)) return;
  painted.add(code);
  const list = rules[code.className.split(" ")[0]];
  if (!list) return;
  const walker = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.parentElement.className === "n") continue;
    const text = node.data;
    scan: for (let at = 0; at < text.length;) {
      for (const [kind, rule] of list) {
        rule.lastIndex = at;
        const found = rule.exec(text);
        if (found && found[0]) {
          const range = document.createRange(); range.setStart(node, at); range.setEnd(node, at + found[0].length);
          sheet(kind).add(range); at += found[0].length; continue scan;
        }
      }
      const next = /[\w$][\w$.\/-]*|[^\w$]/y; next.lastIndex = at; at += next.exec(text)[0].length;
    }
  }
}
all(".code code").forEach(paint);

// the browser of files
const browser = one(".browser");
if (!browser) return;
const articles = all("article.file"), links = all(".side a[data-find]"), search = one(".search"), hits = one(".hits");
function opened() {
  const id = decodeURIComponent(location.hash.slice(1)), target = id && document.getElementById(id), article = target && target.closest("article.file");
  for (const link of links) {
    const here = !!article && link.hash && decodeURIComponent(link.hash.slice(1)) === article.id;
    if (here) { link.setAttribute("aria-current", "true"); for (let up = link.closest("details"); up; up = up.parentElement.closest("details")) up.open = true; }
    else link.removeAttribute("aria-current");
  }
  if (article) { all("pre code", article).forEach(paint); mark(); if (target === article) { const head = one("h2", article); head.tabIndex = -1; head.focus({ preventScroll: true }); scrollTo({ top: 0, behavior: "instant" }); } }
}
function mark() {
  if (!paints) return;
  const sheets = sheet("hit"), words = search.value.trim().toLowerCase();
  sheets.clear();
  if (words.length < 2) return;
  for (const code of all("article.file pre code")) {
    if (!code.offsetParent) continue;
    const walker = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = node.data.toLowerCase();
      for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + words.length)) {
        const range = document.createRange(); range.setStart(node, at); range.setEnd(node, at + words.length); sheets.add(range);
      }
    }
  }
}
function find() {
  const words = search.value.trim().toLowerCase();
  all(".side .hit").forEach(hit => hit.remove());
  let found = 0;
  for (const link of links) {
    const article = document.getElementById(decodeURIComponent(link.hash.slice(1))), code = article && one("pre", article);
    let hit = !words || link.dataset.find.toLowerCase().includes(words);
    if (words && code) {
      const text = code.textContent, at = text.toLowerCase().indexOf(words);
      if (at >= 0) {
        hit = true;
        const snippet = document.createElement("span");
        snippet.className = "hit"; snippet.textContent = text.slice(text.lastIndexOf("\n", at) + 1).split("\n")[0].trim().slice(0, 160); link.append(snippet);
      }
    }
    link.closest("li").hidden = !hit;
    if (hit) found++;
  }
  for (const folder of all(".side details").reverse()) {
    const any = all("li > a[data-find]", folder).some(link => !link.closest("li").hidden);
    folder.closest("li").hidden = !!words && !any;
    if (words && any) folder.open = true;
  }
  hits.textContent = !words ? "" : found ? found + " " + say.found : say.nothing;
  mark();
}
search.addEventListener("input", find);
search.addEventListener("keydown", event => { if (event.key === "Escape") { search.value = ""; find(); } });
addEventListener("hashchange", opened);
document.addEventListener("keydown", event => { if (event.key === "/" && !/input|textarea/i.test(event.target.tagName)) { event.preventDefault(); search.focus(); } });
opened();
})();

// What is wrong with a page, as a list of sentences.
(() => {
  const problems = [], all = (q, root = document) => [...root.querySelectorAll(q)];
  const shown = e => e.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && e.getClientRects().length > 0;
  const name = e => (e.getAttribute("aria-label") || e.getAttribute("aria-labelledby") && e.getAttribute("aria-labelledby").split(" ").map(id => document.getElementById(id)?.textContent || "").join(" ") || e.textContent || "").trim();

  // names and roles
  if (!document.documentElement.lang) problems.push("the page has no language");
  if (!document.title) problems.push("the page has no title");
  if (all("h1").length !== 1) problems.push("the page has " + all("h1").length + " first headings");
  if (all("main").length !== 1) problems.push("the page has no main part");
  let level = 0;
  for (const h of all("h1,h2,h3,h4").filter(shown)) {
    if (+h.tagName[1] > level + 1) problems.push("the heading " + h.textContent + " leaps over a level");
    level = +h.tagName[1];
  }
  for (const e of all("a[href],button,[role],nav,input")) {
    const label = e.labels?.length ? e.labels[0].textContent : "";
    if (shown(e) && !name(e) && !label && e.getAttribute("role") !== "status" && e.getAttribute("role") !== "search") problems.push("without a name: " + e.outerHTML.slice(0, 90));
  }
  for (const e of all("[aria-labelledby]")) for (const id of e.getAttribute("aria-labelledby").split(" ")) if (!document.getElementById(id)) problems.push("nothing is called " + id);
  for (const th of all("th")) if (!th.scope) problems.push("a heading of a table has no scope: " + th.textContent);
  for (const a of all('a[href^="#"]')) if (!document.getElementById(decodeURIComponent(a.hash.slice(1)))) problems.push("the link " + a.getAttribute("href") + " leads nowhere");
  const seen = new Set();
  for (const e of all("[id]")) { if (seen.has(e.id)) problems.push("two elements are called " + e.id); seen.add(e.id); }

  // contrast
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const parse = color => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const light = c => { const [r, g, b] = c.slice(0, 3).map(v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
  const behind = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c[3] === 255) return c; } return parse("Canvas"); };
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + .05) / (y + .05); };
  const low = new Map();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const e = node.parentElement;
    if (!node.data.trim() || !shown(e) || e.closest("svg,title,script,.unseen,.skip")) continue;
    const style = getComputedStyle(e), size = parseFloat(style.fontSize), large = size >= 24 || size >= 18.6 && style.fontWeight >= 700;
    const got = ratio(parse(style.color), behind(e));
    if (got < (large ? 3 : 4.5)) low.set(e.tagName + "." + e.className, node.data.trim().slice(0, 30) + " " + got.toFixed(2));
  }
  for (const text of all("svg.picture text").filter(shown)) {
    const rect = text.parentElement.querySelector("rect"), mark = text.classList.contains("bang") && text.previousElementSibling;
    const ground = mark ? parse(getComputedStyle(mark).fill) : rect && getComputedStyle(rect).fill !== "none" ? parse(getComputedStyle(rect).fill) : behind(text.closest(".card"));
    const got = ratio(parse(getComputedStyle(text).fill), ground);
    if (got < 4.5) low.set("svg " + text.getAttribute("class"), text.textContent + " " + got.toFixed(2));
  }
  for (const [where, what] of low) problems.push("too little contrast: " + where + ": " + what);

  // pictures
  for (const svg of all("svg.picture")) {
    const whole = svg.viewBox.baseVal;
    const texts = all("text", svg).map(t => ({ t, b: t.getBBox(), box: t.parentElement.closest(".box") }));
    const boxes = all(".box", svg).map(e => ({ e, b: e.querySelector("rect").getBBox() }));
    const touch = (a, b) => a.x < b.x + b.width - 1 && b.x < a.x + a.width - 1 && a.y < b.y + b.height - 1 && b.y < a.y + a.height - 1;
    const within = (a, b) => a.x >= b.x - 1 && a.y >= b.y - 1 && a.x + a.width <= b.x + b.width + 1 && a.y + a.height <= b.y + b.height + 1;
    for (const { t, b, box } of texts) {
      if (!within(b, { x: 0, y: 0, width: whole.width, height: whole.height })) problems.push("leaves the picture: " + t.textContent);
      if (box && !t.classList.contains("bang") && !within(b, box.querySelector("rect").getBBox())) problems.push("leaves its box: " + t.textContent);
      for (const other of texts) if (t !== other.t && (t.compareDocumentPosition(other.t) & 4) && !t.classList.contains("bang") && !other.t.classList.contains("bang") && touch(b, other.b)) problems.push("overlap: " + t.textContent + " and " + other.t.textContent);
      if (!box) for (const other of boxes) if (touch(b, other.b)) problems.push("lies on a box: " + t.textContent);
    }
    boxes.forEach((a, i) => { for (const other of boxes.slice(i + 1)) if (touch(a.b, other.b) && !within(a.b, other.b) && !within(other.b, a.b)) problems.push("boxes overlap: " + a.e.textContent + " and " + other.e.textContent); });
  }
  return problems;
})()

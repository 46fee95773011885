// Run in every page with what themes.document() gives: says the language of the page, and says what
// Streamlit can say in English only in that language. Words are whole texts, starts beginnings of names.
const { language, words, starts, working } = given;
document.documentElement.lang = language;
window.ownWords = { language, words, starts, working };
const NAMES = ["aria-label", "placeholder", "title"];
const VIETNAMESE = /[ăđơưĂĐƠƯ\u1ea0-\u1ef9]/;

// What stood there before we said it in another language, so that English can come back.
window.ownWordsBefore ??= new WeakMap();

function said(text, isName) {
  const trimmed = text.trim();
  if (Object.hasOwn(window.ownWords.words, trimmed)) return window.ownWords.words[trimmed];
  // Beginnings in names only: in a text they may be anybody's words.
  for (const [from, to] of isName ? Object.entries(window.ownWords.starts) : []) {
    if (trimmed.startsWith(from)) return to + trimmed.slice(from.length);
  }
  return text;
}

function replaced(node, key, now, isName) {
  const before = window.ownWordsBefore.get(node) ?? {};
  const source = before[key]?.to === now ? before[key].from : now;
  const to = said(source, isName);
  if (to !== source) window.ownWordsBefore.set(node, { ...before, [key]: { from: source, to } });
  return to;
}

function rename(element) {
  for (const name of NAMES) {
    const now = element.getAttribute(name);
    const to = now && replaced(element, name, now, true);
    if (to && to !== now) element.setAttribute(name, to);
  }
}

// Clauses and titles of documents stay Vietnamese on an English page, and are read out so.
function tongue(text) {
  const parent = text.parentElement;
  const words = text.data.trim().split(/\s+/);
  const marked = words.filter(word => VIETNAMESE.test(word)).length;
  const isQuoted = window.ownWords.language !== "vi" && marked > 2 && marked * 3 > words.length;
  if (isQuoted && parent.lang !== "vi") parent.lang = "vi";
  else if (!isQuoted && parent.lang === "vi" && parent.childNodes.length === 1) parent.removeAttribute("lang");
}

function reword(text) {
  if (!text.parentElement) return;
  const isWindow = !!text.parentElement.closest('[role="dialog"], [data-testid="stException"]');
  // What stands in our own texts and tables is ours already, or was typed by somebody.
  const ours = "script, style, .js-plotly-plot, " + (isWindow ? "table"
    : '[data-testid="stMarkdownContainer"], [data-testid="stHtml"], [role="option"]');
  if (!text.parentElement.closest("script, style, .js-plotly-plot")) tongue(text);
  if (text.parentElement.closest(ours)) return;
  const to = replaced(text, "text", text.data, false);
  if (to !== text.data) text.data = to;
}

function visit(node) {
  if (node.nodeType === Node.TEXT_NODE) return reword(node);
  if (node.nodeType !== Node.ELEMENT_NODE || node.closest(".main-svg")) return;
  const walk = document.createTreeWalker(node, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let at = node; at; at = walk.nextNode()) {
    if (at.nodeType === Node.TEXT_NODE) reword(at);
    else rename(at);
  }
}

visit(document.body);
if (!window.ownWordsWatch) {
  window.ownWordsWatch = new MutationObserver(changes => {
    for (const change of changes) {
      if (change.type === "attributes") rename(change.target);
      else if (change.type === "characterData") reword(change.target);
      else change.addedNodes.forEach(visit);
    }
  });
  window.ownWordsWatch.observe(document.body, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: NAMES,
  });
}

// After a second of work the page says so, to be seen (ui/style.css) and to be heard. The same word
// again would not be read out, so it is taken away when the work is done.
if (!document.getElementById("at-work")) {
  const told = document.createElement("div");
  told.id = "at-work";
  told.setAttribute("role", "status");
  document.body.append(told);
  let waiting = null;
  const look = () => {
    const app = document.querySelector('[data-testid="stApp"]');
    const isAtWork = app?.dataset.testScriptState === "running";
    if (isAtWork) waiting ??= setTimeout(() => { told.textContent = window.ownWords.working; }, 1000);
    if (isAtWork) return;
    clearTimeout(waiting);
    waiting = null;
    told.textContent = "";
  };
  new MutationObserver(look).observe(document.body, {
    subtree: true, attributes: true, attributeFilter: ["data-test-script-state"],
  });
  look();
}

// Title, key and source of a chart are broken for a telephone (charts/theme.py). Where there is more
// room their lines are filled; with fewer lines title and key stand right above the picture.
if (!window.ownLines) {
  const ROOM = 16, STEP = 1.3, FURTHER = /^[\u00a0 ]/;
  // The last words of a line, in whatever type; the words of its further lines follow them there.
  const tail = line => {
    const walk = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    let found = line.lastChild;
    while (walk.nextNode()) if (/[^\s\u200b]/.test(walk.currentNode.data)) found = walk.currentNode;
    return found ?? line.appendChild(document.createTextNode(""));
  };
  const filled = (text, width, isWhole) => {
    text.ownBefore ??= [...text.querySelectorAll(":scope > tspan.line")]
      .map(line => [line, tail(line)])
      .map(([line, last]) => ({ line, last, words: line.textContent, data: last.data }));
    const lines = text.ownBefore;
    let end = null, used = 0;
    for (const { last, data } of lines) last.data = data;
    for (const { line, words, last } of lines) {
      const isFurther = end && words.trim() && (isWhole || FURTHER.test(words));
      let rest = words.trim().split(/ +/);
      if (isFurther) {
        while (rest.length) {
          const before = end.data.data;
          end.data.data = `${before} ${rest[0]}`;
          if (end.line.getComputedTextLength() > width) { end.data.data = before; break; }
          rest.shift();
        }
      }
      if (isFurther) last.data = rest.join(" ");
      if (!rest.length) continue;
      line.setAttribute("dy", `${used * STEP}em`);
      end = { line, data: last };
      used += 1;
    }
    return lines.length - used;
  };
  const lay = chart => {
    const notes = chart.layout?.annotations ?? [], above = {};
    const width = Number(chart.querySelector(".main-svg")?.getAttribute("width") ?? 0) - ROOM;
    for (const group of chart.querySelectorAll(".annotation")) {
      const name = notes[Number(group.dataset.index)]?.name;
      const text = group.querySelector("text.annotation-text");
      if (!text || !["title", "key", "source"].includes(name)) continue;
      if (text.dataset.width !== String(width)) {
        text.dataset.saved = filled(text, width, name !== "key");
        text.dataset.width = String(width);
      }
      above[name] = { group, down: text.dataset.saved * STEP * parseFloat(getComputedStyle(text).fontSize) };
    }
    const key = above.key?.down ?? 0;
    if (above.key) above.key.group.style.translate = key ? `0 ${key}px` : "";
    if (above.title) {
      const down = above.title.down + key;
      above.title.group.style.translate = down ? `0 ${down}px` : "";
    }
  };
  const all = () => document.querySelectorAll(".js-plotly-plot").forEach(lay);
  window.ownLines = new MutationObserver(() => requestAnimationFrame(all));
  window.ownLines.observe(document.body, { subtree: true, childList: true });
  all();
}

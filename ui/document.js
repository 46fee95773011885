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

// Run in every page with { copied, failed, today }: copy the exact address, put away a meaning that
// stands open, and fit paper. Texts change with the language, what listens is set up once.
window.linkWords = { copied, failed, today };

function exactAddress() {
  const address = new URL(location.href);
  // Figures come out day by day; the day in the link keeps the view as it is seen now.
  if (address.searchParams.has("year") && !address.searchParams.has("asof")) {
    address.searchParams.set("asof", window.linkWords.today);
  }
  return address.href;
}

async function copyLink() {
  const { copied, failed } = window.linkWords;
  const said = document.getElementById("copy-link-said");
  const address = exactAddress();
  let done = false;
  try {
    await navigator.clipboard.writeText(address);
    done = true;
  } catch {
    // Browsers give no clipboard to pages without https; an office's own server often has none.
    const field = document.createElement("textarea");
    field.value = address;
    field.style.cssText = "position:fixed;opacity:0";
    document.body.append(field);
    field.select();
    done = document.execCommand("copy");
    field.remove();
  }
  said.textContent = done ? copied : `${failed} ${address}`;
  clearTimeout(window.copyLinkSaid);
  if (done) window.copyLinkSaid = setTimeout(() => { said.textContent = ""; }, 4000);
}

// A picture is drawn for the window; on paper it is made as wide as the sheet.
const PAPER = 690;
function fitPaper() {
  for (const chart of document.querySelectorAll('[data-testid="stPlotlyChart"]')) {
    const drawn = chart.querySelector(".main-svg");
    const width = drawn ? drawn.getBoundingClientRect().width : 0;
    if (width > PAPER) chart.style.zoom = PAPER / width;
  }
}
function unfitPaper() {
  document.querySelectorAll('[data-testid="stPlotlyChart"]')
    .forEach(chart => { chart.style.zoom = ""; });
}

if (!window.linksListen) {
  window.linksListen = true;
  document.addEventListener("click", event => {
    if (event.target.closest("#copy-link")) copyLink();
    // A finger focuses nothing by itself that is neither a link nor a field.
    else event.target.closest("abbr.term")?.focus();
  });
  document.addEventListener("keydown", event => {
    if (event.key === "Escape") document.activeElement?.closest("abbr.term")?.blur();
  });
  window.addEventListener("beforeprint", fitPaper);
  window.addEventListener("afterprint", unfitPaper);
}

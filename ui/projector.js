// The keys of a meeting, and pictures as large as the screen allows.
const press = name => {
  const button = document.querySelector(`.st-key-projector_${name} button`);
  if (button && !button.disabled) button.click();
};
const KEYS = { ArrowRight: "next", PageDown: "next", ArrowLeft: "back", PageUp: "back",
               Escape: "leave" };
if (!window.projectorKeys) {
  window.projectorKeys = true;
  window.addEventListener("keydown", event => {
    const name = KEYS[event.key];
    const isTyping = event.target.closest && event.target.closest("input, textarea, select");
    if (!name || isTyping || event.ctrlKey || event.altKey || event.metaKey) return;
    if (!document.querySelector(".st-key-projector_bar")) return;
    event.preventDefault();
    press(name);
  }, true);
  // The bar at the foot takes ROOM; a window below NARROW is a telephone, whose owner can scroll.
  const MOST = 2.2, LEAST = 0.7, ROOM = 84, NARROW = 760;
  const fit = () => {
    const chart = document.querySelector(
      '.st-key-projector_view [data-testid="stPlotlyChart"]');
    if (!chart) return;
    const drawn = chart.querySelector(".main-svg");
    if (!drawn) return;
    const factor = Number(chart.style.zoom) || 1;
    const height = Number(drawn.getAttribute("height"));
    const free = window.innerHeight - chart.getBoundingClientRect().top - ROOM;
    const isNarrow = window.innerWidth < NARROW;
    const wanted = isNarrow ? LEAST : Math.max(LEAST, Math.min(MOST, free / height));
    if (Math.abs(wanted - factor) < 0.03) return;
    chart.style.zoom = wanted;
    // Streamlit draws as wide as this frame, and what it draws is then shown `wanted` times as wide.
    const frame = chart.parentElement;
    frame.style.width = `${100 / wanted}%`;
    frame.parentElement.style.overflowX = "clip";
    window.dispatchEvent(new Event("resize"));
  };
  window.addEventListener("resize", () => requestAnimationFrame(fit));
  new MutationObserver(() => requestAnimationFrame(fit))
    .observe(document.body, { childList: true, subtree: true });
}

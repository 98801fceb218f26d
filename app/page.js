// One press of the browser's Back leads one step back: what a reader does makes at most one entry in its history.
//
// Streamlit makes another for each change of an address by a script: a page that opens and says its whole state, and a
// switch of pages, which even names the new page's state on the old page for a moment.
(() => {
  if (window.resnetLabHistory) return;
  window.resnetLabHistory = true;
  let acted = false;
  for (const event of ["pointerdown", "click", "keydown"]) {
    window.addEventListener(event, () => (acted = true), { capture: true, passive: true });
  }
  const push = history.pushState.bind(history);
  history.pushState = (...entry) => {
    if (acted) push(...entry);
    else history.replaceState(...entry);
    acted = false;
  };
})();

/* The staff's keys and guards. Every page works without them. */
(() => {
  "use strict";

  const typing = (element) =>
    element instanceof Element && element.closest("input, textarea, select, [contenteditable]") !== null;

  // Keys by their place on the keyboard (event.code), so that they work in the Russian layout as well.
  // A control names its key: data-key="KeyN". No Alt: with it people type letters.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.repeat) return;
    if (event.defaultPrevented || typing(event.target)) return;
    const control = document.querySelector(`[data-key="${CSS.escape(event.code)}"]`);
    if (control) {
      event.preventDefault();
      if (control.matches("input, textarea, select")) control.focus();
      else control.click();
      return;
    }
    if (event.code === "KeyJ" || event.code === "KeyK") step(event);
  });

  // j and k walk along the rows of the list.
  const step = (event) => {
    const rows = [...document.querySelectorAll(".queue .topic a")];
    if (rows.length === 0) return;
    const here = rows.findIndex((row) => row === document.activeElement || row.ariaCurrent === "true");
    const next = event.code === "KeyJ" ? here + 1 : Math.max(here, 1) - 1;
    event.preventDefault();
    rows[Math.min(next, rows.length - 1)].focus();
  };

  // Where the list scrolls beside the case, the open row stays in sight.
  document.querySelector(".list-pane .queue a[aria-current]")?.closest("li").scrollIntoView({ block: "nearest" });

  // The first field of a form that was asked for; an error summary or another marked place goes first.
  if (!document.querySelector("[data-focus]")) {
    document
      .querySelector(".action-form :is(input:not([type=hidden]), textarea, select)")
      ?.focus({ preventScroll: window.innerWidth >= 1280 });
  }

  // Leaving a form with unsent text asks first.
  const guarded = document.querySelector("form[data-guard]");
  if (guarded) {
    const filled = () => new URLSearchParams(new FormData(guarded)).toString();
    const before = filled();
    let sent = false;
    guarded.addEventListener("submit", () => { sent = true; });
    window.addEventListener("beforeunload", (event) => {
      if (!sent && filled() !== before) event.preventDefault();
    });
  }
})();

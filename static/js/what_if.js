// A slider beside each number, and the answer without leaving the page. Without this script the form works by its button.
"use strict";

(() => {
  const form = document.querySelector("form[data-recount]");
  if (!form) return;
  let timer, running;

  for (const number of form.querySelectorAll("input[data-slider]")) {
    const slider = document.createElement("input");
    slider.type = "range";
    slider.className = "slider";
    slider.min = number.min;
    slider.max = number.dataset.slider;
    slider.step = number.step;
    slider.value = number.value;
    // The number itself is the control for a keyboard and a screen reader; the slider is its handle for a mouse.
    slider.tabIndex = -1;
    slider.setAttribute("aria-hidden", "true");
    slider.addEventListener("input", () => { number.value = slider.value; recount(150); });
    number.addEventListener("input", () => { slider.value = number.value; recount(500); });
    number.after(slider);
  }
  form.addEventListener("change", () => recount(0));
  form.addEventListener("submit", (event) => { event.preventDefault(); recount(0); });

  function recount(wait) {
    clearTimeout(timer);
    timer = setTimeout(fetchResult, wait);
  }

  async function fetchResult() {
    const address = `?${new URLSearchParams(new FormData(form))}`;
    running?.abort();
    running = new AbortController();
    try {
      const answer = await fetch(address, { signal: running.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.getElementById(form.dataset.recount);
      // A page with errors shows them beside the fields, a lost session asks to sign in: both need the whole page.
      if (!found || !found.children.length) { location.assign(address); return; }
      document.getElementById(form.dataset.recount).replaceChildren(...found.childNodes);
      history.replaceState(null, "", address);
    } catch (error) {
      if (error.name !== "AbortError") location.assign(address);
    }
  }
})();

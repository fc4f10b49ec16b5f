/* Small helpers. Every page works without them. */
(() => {
  "use strict";

  const guarded = "submitted";
  const pause = 5000;

  // A second click within five seconds sends nothing. The button comes back by itself, and at once when
  // the reader returns with Back, so a lost connection never leaves a dead form.
  const release = (form) => {
    delete form.dataset[guarded];
    form.querySelectorAll("[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const question = event.submitter?.dataset.confirm || form.dataset.confirm;
    if (form.dataset[guarded]) {
      event.preventDefault();
      return;
    }
    if (question && !window.confirm(question)) {
      event.preventDefault();
      return;
    }
    if (form.method === "post" && !event.defaultPrevented) {
      form.dataset[guarded] = "1";
      // Not `disabled`: that would drop the button's own name and value from what is sent.
      event.submitter?.setAttribute("aria-disabled", "true");
      setTimeout(() => release(form), pause);
    }
  });

  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-submitted]").forEach(release);
  });

  // data-counter on a textarea names the element that shows how many characters are left;
  // that element carries the words: data-left="Осталось знаков: %s", data-over="Лишних знаков: %s".
  document.querySelectorAll("textarea[data-counter][maxlength], textarea[data-counter][data-limit]").forEach((area) => {
    const place = document.getElementById(area.dataset.counter);
    if (!place) return;
    const limit = Number(area.dataset.limit || area.maxLength);
    const show = () => {
      const left = limit - area.value.length;
      place.textContent = (left < 0 ? place.dataset.over : place.dataset.left).replace("%s", String(Math.abs(left)));
      place.classList.toggle("counter--over", left < 0);
    };
    area.addEventListener("input", show);
    place.hidden = false;
    show();
  });

  // <button hidden data-copy="text" data-copied="Скопировано">: appears only where copying can work.
  document.querySelectorAll("button[data-copy]").forEach((button) => {
    if (!navigator.clipboard) return;
    button.hidden = false;
    const words = button.textContent;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = button.dataset.copied;
      setTimeout(() => { button.textContent = words; }, 2000);
    });
  });

  // The error summary, or whatever a page marks, is where a keyboard or screen reader user starts.
  document.querySelector("[data-focus]")?.focus();

  // A menu closes on Escape and on a click elsewhere.
  document.addEventListener("keydown", (event) => {
    if (event.code !== "Escape") return;
    const open = document.activeElement?.closest("details.menu[open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
})();

/* An open case: keeps what is typed on the server every few seconds. Without scripts the form is kept by its own buttons. */
(() => {
  "use strict";

  const every = 4000;
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const place = form.querySelector("[data-draft-state]");
  const typed = () => new URLSearchParams(
    [...new FormData(form)].filter(([name, value]) => name !== "version" && typeof value === "string"),
  );
  const words = () => {
    const copy = typed();
    copy.delete("csrfmiddlewaretoken");
    return copy.toString();
  };
  let kept = words();
  let sending = false;

  const keep = async () => {
    const now = words();
    if (sending || now === kept) return;
    sending = true;
    try {
      const answer = await fetch(form.dataset.draft, { method: "POST", body: typed() });
      if (answer.ok) {
        kept = now;
        form.dataset.kept = "1";
        if (place) place.textContent = place.dataset.saved;
      } else if (place) place.textContent = place.dataset.failed;
    } catch {
      if (place) place.textContent = place.dataset.failed;
    } finally {
      sending = false;
    }
  };

  setInterval(keep, every);
  form.addEventListener("focusout", keep);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") keep();
  });
})();

/* The queue: what is fetched only when somebody needs it. Without scripts a code or a part of a name is typed. */
(() => {
  "use strict";

  document.querySelectorAll("datalist[data-from]").forEach((list) => {
    const field = document.querySelector(`[list="${list.id}"]`);
    field?.addEventListener("focus", async () => {
      const answer = await fetch(list.dataset.from, { headers: { "HX-Request": "true" } });
      if (answer.ok) list.innerHTML = await answer.text();
    }, { once: true });
  });
})();

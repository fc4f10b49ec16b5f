/* A part of a page that is still at work looks again by itself: data-refresh="milliseconds" on an element with an id.
   Without scripts a link does the same. */
(() => {
  "use strict";

  const look = async (id, pause) => {
    if (document.hidden) return plan(id, pause);
    try {
      const answer = await fetch(window.location.href, { credentials: "same-origin" });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(id);
      if (!fresh) return;
      document.getElementById(id).replaceWith(document.adoptNode(fresh));
      if (fresh.dataset.refresh) plan(id, Number(fresh.dataset.refresh));
    } catch {
      plan(id, 3 * pause);
    }
  };
  const plan = (id, pause) => setTimeout(() => look(id, pause), pause);

  document.querySelectorAll("[data-refresh][id]").forEach((part) => plan(part.id, Number(part.dataset.refresh)));
})();

/* The board: a case dragged onto a name is given to that person. The button below the list does the same. */
(() => {
  "use strict";

  const form = document.querySelector("form[data-board]");
  if (!form) return;
  const hint = form.querySelector(".board-hint");
  if (hint) hint.hidden = false;
  let dragged = "";

  form.querySelectorAll("[data-case]").forEach((row) => {
    row.draggable = true;
    row.addEventListener("dragstart", (event) => {
      dragged = row.dataset.case;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", dragged);
    });
    row.addEventListener("dragend", () => { dragged = ""; });
  });

  const give = (person) => {
    const add = (name, value) => {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name, value });
      form.append(field);
    };
    form.querySelectorAll("input[name=case]").forEach((box) => { box.checked = box.value === dragged; });
    add("go", "1");
    add("other", `№${person}`);
    form.submit();
  };

  document.querySelectorAll("[data-person]").forEach((place) => {
    const over = (on) => place.classList.toggle("is-target", on);
    place.addEventListener("dragover", (event) => {
      if (!dragged) return;
      event.preventDefault();
      over(true);
    });
    place.addEventListener("dragleave", () => over(false));
    place.addEventListener("drop", (event) => {
      if (!dragged) return;
      event.preventDefault();
      over(false);
      give(place.dataset.person);
    });
  });
})();

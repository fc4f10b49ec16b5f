/* Ctrl+K: everything this page can do or lead to, found by a few letters in whichever keyboard layout; words that
   name nothing here are searched for in all cases. Also under "?". Each entry is a control that is on the page. */
(() => {
  "use strict";

  const palette = document.getElementById("palette");
  if (!palette || !palette.showModal) return;
  const field = palette.querySelector("input[type=search]");
  const list = palette.querySelector("ul");
  const places = ".work-head button, .next-action a, .next-action button, .tabs a, .views-line a, .rail a, .bulk-sheet";
  const latin = "qwertyuiop[]asdfghjkl;'zxcvbnm,.";
  const russian = "йцукенгшщзхъфывапролджэячсмитьбю";
  let shown = [];
  let at = 0;

  const other = (text) => [...text].map((letter) => {
    const place = latin.indexOf(letter);
    return place < 0 ? letter : russian[place];
  }).join("");
  const plain = (text) => text.toLowerCase().replaceAll("ё", "е").replace(/\s+/g, " ").trim();

  const draw = () => {
    const typed = plain(field.value);
    const found = [...document.querySelectorAll(places)].filter((control) => {
      const name = plain(control.textContent);
      return name.includes(typed) || name.includes(other(typed));
    });
    shown = found.slice(0, 12);
    at = 0;
    list.replaceChildren(...shown.map((control) => {
      const row = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = control.textContent.replace(/\s+/g, " ").trim();
      button.addEventListener("click", () => { palette.close(); control.click(); });
      row.append(button);
      return row;
    }));
    mark();
  };
  const mark = () => {
    [...list.children].forEach((row, number) => row.classList.toggle("chosen", number === at));
  };

  field.addEventListener("input", draw);
  field.addEventListener("keydown", (event) => {
    if (event.code === "ArrowDown" || event.code === "ArrowUp") {
      event.preventDefault();
      at = Math.max(0, Math.min(shown.length - 1, at + (event.code === "ArrowDown" ? 1 : -1)));
      mark();
    }
    if (event.code === "Enter" && shown.length > 0) {
      event.preventDefault();
      list.children[at].firstChild.click();
    }
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof Element && event.target.closest("input, textarea, select");
    const asked = (event.ctrlKey || event.metaKey) && event.code === "KeyK";
    if (!asked && !(event.shiftKey && event.code === "Slash" && !typing)) return;
    event.preventDefault();
    field.value = "";
    draw();
    palette.showModal();
    field.focus();
  });
})();

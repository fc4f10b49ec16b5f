/* The call form at the speed of a talk. Every look-up is a button of the form as well, for a browser without scripts. */
(() => {
  "use strict";

  const form = document.querySelector("form[data-call]");
  if (!form) return;
  const field = (name) => form.elements.namedItem(name);
  const who = field("who"), text = field("text"), answer = field("answer"), topic = field("topic");
  const pause = 300;
  let timer, running, began = 0, ownTopic = topic.value !== "", put = 0, lastPut = "";

  document.querySelectorAll(".without-script").forEach((part) => { part.hidden = true; });

  // The talk begins with the first key: the server stamps the moment.
  const begin = async () => {
    if (began) return;
    began = Date.now();
    const body = new FormData();
    body.set("csrfmiddlewaretoken", field("csrfmiddlewaretoken").value);
    body.set("begin", "1");
    try {
      const reply = await fetch(form.action, { method: "POST", body });
      if (reply.ok) field("ticket").value = await reply.text();
    } catch { /* The ticket of the page stays: it says when the page was opened. */ }
  };
  const clock = document.querySelector("[data-clock]");
  setInterval(() => {
    if (!began || !clock) return;
    const seconds = Math.floor((Date.now() - began) / 1000);
    clock.hidden = false;
    clock.querySelector("span").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }, 1000);

  const look = async (name, value, parts) => {
    running?.abort();
    running = new AbortController();
    const body = new FormData(form);
    body.set(name, value);
    try {
      const reply = await fetch(form.action, {
        method: "POST", body, headers: { "HX-Request": "true" }, signal: running.signal,
      });
      if (!reply.ok) return false;
      const page = new DOMParser().parseFromString(await reply.text(), "text/html");
      for (const id of parts) {
        const fresh = page.getElementById(id);
        if (fresh) document.getElementById(id).replaceWith(document.adoptNode(fresh));
      }
      return true;
    } catch {
      return false;
    }
  };

  const find = async () => {
    const done = await look("find", "1", ["caller", "known"]);
    if (!done) return;
    const stranger = document.querySelector("#caller input[type=hidden][name=person]");
    const wrong = document.querySelector("#caller .field-error");
    (wrong ? who : stranger ? field("name") : text).focus();
  };

  const suggest = async () => {
    if (!(await look("look", "1", ["help"]))) return;
    put = 0;
    const likely = document.getElementById("help").dataset.topic;
    if (!ownTopic) topic.value = likely || "";
  };
  const soon = () => { clearTimeout(timer); timer = setTimeout(suggest, pause); };

  const putAnswer = () => {
    const ready = [...document.querySelectorAll("#help [data-answer]")];
    if (!ready.length) return false;
    lastPut = ready[put % ready.length].dataset.answer;
    answer.value = lastPut;
    put += 1;
    return true;
  };

  form.addEventListener("keydown", begin, { once: true });
  text.addEventListener("input", soon);
  topic.addEventListener("input", () => { ownTopic = topic.value !== ""; });

  // Keys by their place on the keyboard, so that the Russian layout makes no difference.
  form.addEventListener("keydown", (event) => {
    if (event.code !== "Enter" && event.code !== "NumpadEnter") return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("[name=save]"));
    } else if (event.target === who) {
      event.preventDefault();
      find();
    } else if (event.target === text && !event.shiftKey) {
      event.preventDefault();
      answer.focus();
    } else if (event.target.matches("input:not([type=submit])")) {
      // A half-written call is not sent by a slip of the finger.
      event.preventDefault();
    }
  });
  answer.addEventListener("keydown", (event) => {
    if (event.code !== "ArrowDown" || event.ctrlKey || event.altKey || event.shiftKey) return;
    if (answer.value !== "" && answer.value !== lastPut) return;
    if (putAnswer()) event.preventDefault();
  });

  form.addEventListener("change", (event) => {
    if (event.target.name === "person") look("find", "1", ["known"]);
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[name]");
    if (!button || !["find", "pick", "use"].includes(button.name)) return;
    event.preventDefault();
    if (button.name === "find") find();
    if (button.name === "pick") { topic.value = `${button.value} ${button.textContent}`; ownTopic = true; answer.focus(); }
    if (button.name === "use") {
      lastPut = answer.value = button.closest("[data-answer]").dataset.answer;
      answer.focus();
    }
  });
})();

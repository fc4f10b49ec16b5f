// Reads the page aloud where the browser can: for those who hold a letter but cannot read it.
(() => {
  const button = document.querySelector("[data-read-aloud]");
  const text = document.querySelector("[data-aloud]");
  const voice = window.speechSynthesis;
  if (!button || !text || !voice) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    voice.cancel();
    const words = new SpeechSynthesisUtterance(text.innerText);
    words.lang = document.documentElement.lang;
    words.rate = 0.9;
    voice.speak(words);
  });
})();

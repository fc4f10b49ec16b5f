/* Around allauth's passkey scripts: shows what only works in a browser with passkeys, and says so when a key fails. */
(() => {
  "use strict";

  if (!window.PublicKeyCredential) return;
  document.querySelectorAll("[data-passkeys]").forEach((part) => { part.hidden = false; });

  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    const failed = document.querySelector("[data-passkey-failed]");
    if (failed) failed.hidden = false;
  });
})();

/* A page whose only form is to be sent at once. Without scripts somebody presses its button. */
(() => {
  "use strict";

  document.querySelector("form[data-onward]")?.requestSubmit();
})();

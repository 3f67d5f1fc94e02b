// Comforts only: every page works without this file.
(function () {
  "use strict";

  // A print button is of no use where no script runs, so it is hidden until here.
  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });

  // A text to hand over: without script one click marks it whole, and the keyboard copies it.
  function copy(text) {
    if (navigator.clipboard && window.isSecureContext) { return navigator.clipboard.writeText(text); }
    // Over plain http in a LAN there is no clipboard to write to, only the old command.
    var field = document.createElement("textarea");
    field.value = text;
    field.className = "visually-hidden";
    document.body.appendChild(field);
    field.select();
    var done = document.execCommand("copy");
    field.remove();
    return done ? Promise.resolve() : Promise.reject(new Error("not copied"));
  }
  document.querySelectorAll("[data-copy]").forEach(function (button) {
    var text = document.getElementById(button.dataset.copy), words = button.textContent;
    button.hidden = false;
    button.addEventListener("click", function () {
      copy(text.textContent).then(function () {
        button.textContent = button.dataset.done;
        button.focus();
        window.setTimeout(function () { button.textContent = words; }, 2000);
      }, function () { window.getSelection().selectAllChildren(text); });
    });
  });

  // The menu of a narrow screen covers the page: what lies below must not take the focus, Escape closes it.
  var narrow = window.matchMedia("(max-width: 61.99em)");
  var behind = document.querySelectorAll("header.top, main.main");
  function cover() {
    var open = window.location.hash === "#menu" && narrow.matches && document.getElementById("menu") !== null;
    behind.forEach(function (part) { part.inert = open; });
    return open;
  }
  window.addEventListener("hashchange", function () {
    if (cover()) { document.querySelector("#menu .close").focus(); }
  });
  narrow.addEventListener("change", cover);
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && cover()) {
      window.location.hash = "";
      cover();
      document.querySelector(".menu-link").focus();
    }
  });
  cover();
})();

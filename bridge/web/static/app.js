// Comforts only: every page works without this file.
(function () {
  "use strict";

  // A print button is of no use where no script runs, so it is hidden until here.
  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
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

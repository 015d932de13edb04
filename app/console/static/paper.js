// Typing ballots without a mouse: Enter goes on, numbers light up what they mean, what is wrong is seen at once.
(function () {
  "use strict";

  var form = document.getElementById("paper");
  if (!form) { return; }
  var told = document.getElementById("told");
  var fields = Array.prototype.slice.call(form.querySelectorAll("input:not([type=hidden])"));
  var candidates = Array.prototype.slice.call(form.querySelectorAll("[data-number]"));

  function numbers(id) {
    var field = document.getElementById(id);
    return field ? field.value.normalize("NFKC").split(/[\s,，、.。;；+/]+/).filter(Boolean) : [];
  }

  function look() {
    var approved = numbers("approved"), refused = numbers("refused"), named = approved.concat(refused);
    var known = candidates.map(function (one) { return one.getAttribute("data-number"); });
    candidates.forEach(function (one) {
      var number = one.getAttribute("data-number");
      one.className = approved.indexOf(number) >= 0 ? "approved" : refused.indexOf(number) >= 0 ? "refused" : "";
    });
    var strange = named.filter(function (one) { return known.indexOf(String(Number(one))) < 0; });
    var twice = named.filter(function (one, at) { return named.indexOf(one) !== at; });
    told.className = strange.length || twice.length ? "paper-told wrong" : "paper-told";
    told.textContent = strange.length ? "选票上没有 " + strange.join("、") + " 号" :
      twice.length ? twice.join("、") + " 号写了两次" :
      named.length ? "选了 " + approved.length + " 项" + (refused.length ? "，反对 " + refused.length + " 项" : "") : "";
  }

  form.addEventListener("keydown", function (event) {
    var at = fields.indexOf(event.target);
    if (event.key !== "Enter" || event.isComposing || at < 0 || at === fields.length - 1) { return; }
    event.preventDefault();
    fields[at + 1].focus();
  });
  form.addEventListener("input", look);
  form.addEventListener("submit", function (event) {
    if (form.getAttribute("aria-busy") === "true") { event.preventDefault(); }
    form.setAttribute("aria-busy", "true");
  });
  window.addEventListener("pageshow", function () { form.removeAttribute("aria-busy"); });
  fields.forEach(function (field) { field.addEventListener("focus", function () { field.select(); }); });
  look();
})();

// Comfort on the ballot: what is chosen is counted as one goes, kept until it is sent, and sent once.
(function () {
  "use strict";

  var form = document.getElementById("vote");
  var told = document.getElementById("vote-told");
  var button = form.querySelector(".button");
  var asServed = told.textContent;
  var most = Number(form.getAttribute("data-most"));
  var least = Number(form.getAttribute("data-least"));
  var approval = form.getAttribute("data-type") === "approval";
  var drawer = "vote " + form.getAttribute("action") + " " + form.getAttribute("data-code");

  function each(list, deed) {
    Array.prototype.forEach.call(list, deed);
  }

  function words() {
    var chosen = {};
    each(form.elements, function (control) {
      var ticks = control.type === "radio" || control.type === "checkbox";
      if (ticks ? control.checked : control.tagName === "TEXTAREA" && control.value) {
        chosen[control.name] = control.value;
      }
    });
    return chosen;
  }

  function count(value) {
    return form.querySelectorAll("input[value=" + value + "]:checked").length;
  }

  function ofApproval() {
    var chosen = count("for");
    if (chosen > most) {
      return ["多选了 " + (chosen - most) + " 项，请去掉 " + (chosen - most) + " 项", true];
    }
    if (chosen < least) {
      return ["已选 " + chosen + " 项，还要再选 " + (least - chosen) + " 项", false];
    }
    return ["已选 " + chosen + " 项，最多 " + most + " 项", false];
  }

  function ofEachOne() {
    var left = form.querySelectorAll(".candidate").length - form.querySelectorAll("input:checked").length;
    var approved = count("for");
    if (approved > most) {
      return ["赞成了 " + approved + " 项，最多 " + most + " 项", true];
    }
    return [left ? "还有 " + left + " 项没有表态" : "都表态了", false];
  }

  var mending = document.getElementById("to-mend");
  var atFirst = JSON.stringify(words());

  function look() {
    each(form.querySelectorAll(".candidate"), function (candidate) {
      candidate.className = candidate.querySelector("input[value=for]:checked") ? "candidate chosen" : "candidate";
    });
    var changed = Boolean(mending) || JSON.stringify(words()) !== atFirst;
    var said = approval ? ofApproval() : ofEachOne();
    told.className = changed && said[1] ? "vote-told wrong" : "vote-told";
    told.textContent = changed ? said[0] + "，还没提交" : asServed;
    keep(changed);
  }

  function keep(changed) {
    try {
      if (changed) {
        sessionStorage.setItem(drawer, JSON.stringify(words()));
      } else {
        sessionStorage.removeItem(drawer);
      }
    } catch (refused) { /* storage is switched off: then nothing is kept */ }
  }

  // What was chosen and not sent, before one read a whole text or loaded the page again.
  function takeUp() {
    var kept = null;
    try { kept = JSON.parse(sessionStorage.getItem(drawer)); } catch (refused) { return; }
    if (!kept || mending) {
      return;
    }
    each(form.elements, function (control) {
      if (control.type === "radio" || control.type === "checkbox") {
        control.checked = kept[control.name] === control.value;
      } else if (control.tagName === "TEXTAREA") {
        control.value = kept[control.name] || "";
      }
    });
  }

  form.addEventListener("change", look);
  form.addEventListener("input", look);
  form.addEventListener("submit", function (event) {
    if (form.getAttribute("aria-busy") === "true") {
      event.preventDefault();
      return;
    }
    form.setAttribute("aria-busy", "true");
    button.setAttribute("aria-disabled", "true");
    told.textContent = "正在提交……";
    keep(false);
  });
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) { location.reload(); }
  });

  takeUp();
  look();
})();

// Comfort on the pages: larger type, counters, saving while one writes. Without it everything still works.
(function () {
  "use strict";

  var SAVE_AFTER = 1500;
  var WAIT_AT_MOST = 8000;

  function byId(id) {
    return document.getElementById(id);
  }

  function rememberTypeSize() {
    var larger = byId("larger");
    try {
      larger.checked = localStorage.getItem("larger") === "1";
      larger.addEventListener("change", function () {
        localStorage.setItem("larger", larger.checked ? "1" : "0");
      });
    } catch (refused) {
      larger.checked = false; // storage is switched off: the switch still works on this page
    }
  }

  function countCharacters(hint) {
    var field = byId(hint.getAttribute("data-of"));
    var limit = Number(hint.getAttribute("data-limit"));
    function count() {
      var length = Array.from(field.value.replace(/\r\n/g, "\n").trim()).length;
      hint.textContent = length > limit
        ? "超出了 " + (length - limit) + " 个字，最多 " + limit + " 个字"
        : "写了 " + length + " 个字，最多 " + limit + " 个字";
    }
    field.addEventListener("input", count);
    count();
  }

  function hidePersonalUnlessAgreed(form) {
    var personal = byId("personal");
    function look() {
      var chosen = form.querySelector("input[name=consent]:checked");
      personal.hidden = Boolean(chosen) && chosen.value === "declined";
    }
    form.addEventListener("change", look);
    look();
  }

  function bodyOf(form, deed) {
    var pairs = ["deed=" + deed];
    Array.prototype.forEach.call(form.elements, function (control) {
      var ticks = control.type === "radio" || control.type === "checkbox";
      if (!control.name || control.type === "submit" || (ticks && !control.checked)) {
        return;
      }
      pairs.push(encodeURIComponent(control.name) + "=" + encodeURIComponent(control.value));
    });
    return pairs.join("&");
  }

  function saveWhileWriting(form) {
    var told = byId("autosave");
    var timer = null;
    var request = null;
    var changed = false;
    var left = false; // for good: what the page shows is no longer being written, or it is being sent
    var whenDone = null;

    function later() {
      clearTimeout(timer);
      timer = setTimeout(save, SAVE_AFTER);
    }

    function save() {
      if (left || !changed) {
        return;
      }
      if (request) {
        later();
        return;
      }
      changed = false;
      request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.timeout = WAIT_AT_MOST;
      request.setRequestHeader("Accept", "application/json");
      request.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
      request.onload = function () { done(request.status, request.responseText); };
      request.onerror = request.ontimeout = function () { done(0, ""); };
      request.send(bodyOf(form, "save"));
    }

    function done(status, text) {
      var answer = {};
      request = null;
      try { answer = JSON.parse(text); } catch (notJson) { status = 0; }
      if (status === 200) {
        form.elements.draft.value = answer.draft || "";
        form.elements.seen.value = JSON.stringify(answer.seen);
        told.textContent = nameWhatIsLeft(answer);
      } else {
        changed = true; // try again with the next stroke
        left = left || (status >= 400 && status < 500);
        told.textContent = answer.message || "这会儿网络不太好，还没有自动保存。";
      }
      if (whenDone) { whenDone(); }
    }

    function nameWhatIsLeft(answer) {
      if (answer.conflicts.length) {
        return "有的内容在别处也改过，点“保存”看一看。";
      }
      if (Object.keys(answer.problems).length) {
        return "已自动保存，还有地方要改，点“保存”看一看。";
      }
      return answer.draft ? "✓ 已自动保存" : "";
    }

    function send(deed) {
      var hidden = document.createElement("input");
      hidden.type = "hidden";
      hidden.name = "deed";
      hidden.value = deed;
      form.appendChild(hidden);
      form.submit();
    }

    form.addEventListener("input", function () { changed = true; later(); });
    form.addEventListener("change", function () { changed = true; later(); });
    document.addEventListener("visibilitychange", function () { if (document.hidden) { save(); } });

    // Both ways of saving must not overtake one another, and a second tap must not send a second time.
    Array.prototype.forEach.call(form.querySelectorAll("button[name=deed]"), function (button) {
      button.addEventListener("click", function (event) {
        event.preventDefault();
        if (form.getAttribute("aria-busy") === "true") {
          return;
        }
        form.setAttribute("aria-busy", "true");
        left = true;
        told.textContent = button.value === "submit" ? "正在提交……" : "正在保存……";
        if (request) {
          whenDone = function () { send(button.value); };
        } else {
          send(button.value);
        }
      });
    });

    // Coming back to this page from the next one: it may be sent again.
    window.addEventListener("pageshow", function (event) {
      if (event.persisted) { location.reload(); }
    });
  }

  rememberTypeSize();
  Array.prototype.forEach.call(document.querySelectorAll("[data-limit]"), countCharacters);
  var form = byId("proposal");
  if (form) {
    hidePersonalUnlessAgreed(form);
    saveWhileWriting(form);
  }
  var toMend = byId("to-mend");
  if (toMend) {
    toMend.focus();
  }
})();

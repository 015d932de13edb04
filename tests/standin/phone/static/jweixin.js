// What the platform's script does for a page of ours, as far as we use it: checks the signature, draws the
// element that asks whether one may notify, and tells the page what was said.
(function () {
  var waiting = [];
  var refused = [];
  var state = null;

  function post(path, said) {
    return fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(said) });
  }

  function settle(good) {
    state = good;
    (good ? waiting : refused).forEach(function (call) { call(); });
    if (good) { document.querySelectorAll("wx-open-subscribe").forEach(draw); }
  }

  function draw(element) {
    var template = element.querySelector("script[type='text/wxtag-template']");
    var shadow = element.attachShadow({ mode: "open" });
    shadow.innerHTML = template.textContent; // the page's own, as the platform takes it
    shadow.querySelector("button").addEventListener("click", function () { ask(element); });
  }

  function ask(element) {
    var ids = element.getAttribute("template").split(",");
    var yes = confirm("微信：允许“" + document.title + "”给您发送通知？");
    Promise.all(ids.map(function (id) {
      return post("/phone/page/subscribe", { template_id: id, accept: yes });
    })).then(function (answers) {
      var good = answers.every(function (answer) { return answer.ok; });
      var details = {};
      ids.forEach(function (id) { details[id] = JSON.stringify({ status: yes ? "accept" : "reject" }); });
      var detail = good
        ? { errMsg: "subscribe:ok", subscribeDetails: JSON.stringify(details) }
        : { errMsg: "subscribe:fail", errCode: 10001 };
      element.dispatchEvent(new CustomEvent(good ? "success" : "error", { detail: detail }));
    });
  }

  window.wx = {
    config: function (signed) {
      var said = { url: location.href.split("#")[0] };
      ["appId", "timestamp", "nonceStr", "signature"].forEach(function (name) { said[name] = signed[name]; });
      post("/phone/page/config", said).then(function (answer) { settle(answer.ok); });
    },
    ready: function (call) { if (state) { call(); } else { waiting.push(call); } },
    error: function (call) { if (state === false) { call(); } else { refused.push(call); } }
  };
}());

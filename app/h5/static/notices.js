// The button is WeChat's own: it comes once WeChat has accepted the page's signature.
(function () {
  var holder = document.getElementById("notices");
  var ask = document.getElementById("ask");
  var told = document.getElementById("told");
  if (!holder || typeof wx === "undefined") {
    return;
  }
  var signed = holder.dataset;

  function say(words, kind) {
    told.textContent = words;
    told.className = kind ? "notice " + kind : "notice";
  }

  wx.config({
    appId: signed.appid,
    timestamp: signed.timestamp,
    nonceStr: signed.noncestr,
    signature: signed.signature,
    jsApiList: ["closeWindow"], // with none at all the elements do not come
    openTagList: ["wx-open-subscribe"]
  });
  wx.ready(function () {
    holder.hidden = false;
    say("点绿色的按钮，再点“允许”。");
  });
  wx.error(function () {
    say("微信没有认出这个网页，按钮出不来。请从公众号里重新打开一次。", "bad");
  });
  ask.addEventListener("success", function (event) {
    var agreed = String(event.detail.subscribeDetails || "").indexOf("accept") >= 0;
    say(agreed ? "好了，到时候微信会通知您一次。" : "没有订。改变主意了，再点一次按钮就行。", agreed ? "good" : "");
  });
  ask.addEventListener("error", function () {
    say("没有订成。可能是在微信的设置里关掉了通知，请打开以后再试。", "bad");
  });
}());

// Pages of the service, slid over the chat like WeChat's own browser.
import { $ } from "./dom.js";

export class WebView {
  constructor() {
    this.frame = $("page");
    this.view = $("webview");
    this.frame.addEventListener("load", () => this.loaded());
    $("close-page").addEventListener("click", () => this.close());
    $("reload-page").addEventListener("click", () => this.reload());
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") this.close(); });
    window.addEventListener("focus", () => this.hold());
    window.addEventListener("blur", () => this.hold());
  }

  // The stand-in knows whose web-view asks by a cookie, which all tabs share: the tab in use claims it again.
  hold() {
    if (!this.view.hidden && document.hasFocus()) fetch(this.address, { redirect: "manual" });
  }

  open(person, url) {
    this.opener = document.activeElement;
    this.view.hidden = false;
    this.view.classList.add("loading");
    $("page-title").textContent = "正在打开…";
    this.address = `/phone/people/${person.id}/open?url=${encodeURIComponent(url)}`;
    this.frame.src = this.address;
    $("close-page").focus();
  }

  close() {
    if (this.view.hidden) return;
    this.view.hidden = true;
    this.frame.src = "about:blank";
    this.opener?.focus();
  }

  reload() {
    this.view.classList.add("loading");
    this.frame.contentWindow.location.reload();
  }

  loaded() {
    const page = this.frame.contentWindow;
    if (page.location.href === "about:blank") return;
    this.view.classList.remove("loading");
    $("page-title").textContent = page.document.title || "网页";
    this.addBridge(page);
  }

  // The object WeChat puts into every page; ours can close the page, the rest is silent.
  addBridge(page) {
    const call = (name) => { if (name === "closeWindow") this.close(); };
    page.WeixinJSBridge = { call, invoke: call, on() {} };
    page.document.dispatchEvent(new page.Event("WeixinJSBridgeReady"));
    page.document.addEventListener("keydown", (event) => { if (event.key === "Escape") this.close(); });
  }
}

// The bottom of the chat: keyboard, menu, pictures, voice, stickers.
import { $, el } from "./dom.js";

// `act` is { say(text), click(button), picture(blob?), voice(text, recognised), recognises(), sticker() }.
export class Composer {
  constructor(act) {
    this.act = act;
    this.text = $("text");
    this.wireKeyboard();
    this.wireTrays();
    this.wireVoice();
    document.querySelectorAll("[data-mode]").forEach((button) => button.addEventListener("click", () => this.use(button.dataset.mode, true)));
    document.addEventListener("click", (event) => { if (!event.target.closest("#menu")) this.fold(); });
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") { this.fold(); this.tray(null); } });
  }

  setMenu(buttons) {
    const had = this.hasMenu;
    this.hasMenu = buttons.length > 0;
    $("menu").replaceChildren(...buttons.map((button) => this.menuButton(button)));
    $("to-menu").hidden = !this.hasMenu;
    if (!this.hasMenu || !had) this.use(this.hasMenu ? "menu" : "keyboard");
  }

  use(mode, focus = false) {
    $("menu-bar").hidden = mode !== "menu";
    $("keyboard").hidden = mode === "menu";
    this.tray(null);
    if (focus) (mode === "menu" ? $("menu").querySelector("button") : this.text).focus();
  }

  menuButton(button) {
    const subs = button.sub_button || [];
    if (!subs.length) return el("div", {}, el("button", { type: "button", onclick: () => this.act.click(button) }, button.name));
    const pop = el("div", { class: "sub-menu", hidden: true }, ...subs.map((sub) => el("button", { type: "button", onclick: () => { this.fold(); this.act.click(sub); } }, sub.name)));
    const top = el("button", { type: "button", "aria-haspopup": "true", "aria-expanded": "false", onclick: () => this.unfold(top, pop) }, button.name);
    return el("div", {}, top, pop);
  }

  unfold(top, pop) {
    const opening = pop.hidden;
    this.fold();
    pop.hidden = !opening;
    top.setAttribute("aria-expanded", String(opening));
  }

  fold() {
    document.querySelectorAll(".sub-menu").forEach((pop) => { pop.hidden = true; });
    document.querySelectorAll("#menu [aria-expanded]").forEach((top) => top.setAttribute("aria-expanded", "false"));
  }

  wireKeyboard() {
    this.text.addEventListener("input", () => this.fit());
    this.text.addEventListener("focus", () => this.tray(null));
    this.text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.send();
    });
    $("keyboard").addEventListener("submit", (event) => { event.preventDefault(); this.send(); });
  }

  fit() {
    this.text.style.height = "auto";
    this.text.style.height = `${Math.min(this.text.scrollHeight, 110)}px`;
    $("send").hidden = !this.text.value.trim();
    $("plus").hidden = !$("send").hidden;
  }

  send() {
    const text = this.text.value.trim();
    if (!text) return;
    this.text.value = "";
    this.fit();
    this.act.say(text);
    this.text.focus();
  }

  wireTrays() {
    document.querySelectorAll("[data-tray]").forEach((button) => button.addEventListener("click", () => this.tray(button)));
    $("sticker").addEventListener("click", () => { this.tray(null); this.act.sticker(); });
    $("picture").addEventListener("change", (event) => this.pick(event.target));
    $("sample").addEventListener("click", () => { this.tray(null); this.act.picture(); });
  }

  pick(input) {
    const [file] = input.files;
    input.value = "";
    this.tray(null);
    if (file) this.act.picture(file);
  }

  tray(opener) {
    document.querySelectorAll("[data-tray]").forEach((button) => {
      const tray = $(`tray-${button.dataset.tray}`);
      tray.hidden = button !== opener || !tray.hidden;
      button.setAttribute("aria-expanded", String(!tray.hidden));
    });
  }

  wireVoice() {
    const dialog = $("voice-dialog");
    $("voice").addEventListener("click", () => {
      this.tray(null);
      $("spoken").value = "";
      $("recognised").checked = this.act.recognises();
      dialog.returnValue = "";
      dialog.showModal();
    });
    dialog.addEventListener("close", () => {
      const text = $("spoken").value.trim();
      if (dialog.returnValue === "send" && text) this.act.voice(text, $("recognised").checked);
    });
  }
}

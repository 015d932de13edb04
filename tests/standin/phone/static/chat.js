// The chat log: bubbles, times, links, cards.
import { $, el, icon } from "./dom.js";

const QUIET = 5 * 60;
const DAYS = ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"];

export function clock(at, seconds = false) {
  return new Date(at * 1000).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", second: seconds ? "2-digit" : undefined, hour12: false });
}

function when(at) {
  const date = new Date(at * 1000);
  const midnight = new Date().setHours(0, 0, 0, 0);
  const days = Math.ceil((midnight - date) / 86400000);
  if (days <= 0) return clock(at);
  if (days === 1) return `昨天 ${clock(at)}`;
  if (days < 7) return `${DAYS[date.getDay()]} ${clock(at)}`;
  return `${date.getFullYear()}年${date.getMonth() + 1}月${date.getDate()}日 ${clock(at)}`;
}

// `act` is { tap(content, menuId), open(url) }.
export class Chat {
  constructor(act) {
    this.act = act;
    this.log = $("chat");
    this.log.addEventListener("scroll", () => { this.atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 40; });
    this.log.addEventListener("load", () => this.stay(), true); // a picture has come and pushed the end down
    new ResizeObserver(() => this.stay()).observe(this.log);
  }

  show(person, entries) {
    this.person = person;
    this.last = 0;
    this.shown = new Set();
    this.log.replaceChildren();
    entries.forEach((entry) => this.add(entry));
  }

  add(entry) {
    if (this.shown.has(entry.id)) return;
    this.shown.add(entry.id);
    const line = this.line(entry);
    if (!line) return;
    if (entry.at - this.last > QUIET) this.log.append(el("p", { class: "when" }, when(entry.at)));
    this.last = entry.at;
    this.log.append(line);
    this.atEnd = true;
    this.stay();
  }

  // Whoever was reading the end keeps seeing it when the keyboard or a tray opens.
  stay() {
    if (this.atEnd) this.log.scrollTop = this.log.scrollHeight;
  }

  line(entry) {
    if (entry.from === "notice") return el("p", { class: "notice" }, entry.text);
    const content = this.content(entry);
    if (!content) return null;
    const mine = entry.from === "person";
    const face = el("img", { src: mine ? this.person.avatar : "/phone/static/account.svg", alt: mine ? this.person.name : "公众号" });
    return el("div", { class: mine ? "line mine" : "line" }, face, content);
  }

  content(entry) {
    if (entry.kind === "event") return null;
    if (entry.picture) return bare(el("img", { class: "photo", src: entry.picture, alt: "照片" }));
    if (entry.kind === "sticker") return bare(icon("icon-sticker", "big-sticker"));
    if (entry.kind === "voice") return voice(entry.text);
    if (entry.card) return this.card(entry.card);
    return el("div", { class: "bubble" }, ...entry.pieces.map((piece) => this.piece(piece)));
  }

  piece({ text, href, says, menu_id: menuId }) {
    if (says) return this.link(text, () => this.act.tap(says, menuId || ""));
    if (href) return this.link(text, () => this.act.open(href), href);
    return document.createTextNode(text);
  }

  // An anchor, because a button would not flow with the text; its address is never the account's.
  link(text, tap, title) {
    const onclick = (event) => { event.preventDefault(); tap(); };
    return el("a", { href: "#", role: "button", class: "link", title, onclick }, text);
  }

  card({ title, text, rows = [], url }) {
    const list = rows.map((row) => el("dd", {}, row));
    const open = url ? this.link("查看详情", () => this.act.open(url), url) : null;
    return el("article", { class: "card-message" }, el("h3", {}, title), text ? el("p", {}, text) : null, el("dl", {}, ...list), open);
  }
}

function bare(content) {
  return el("div", { class: "bubble bare" }, content);
}

function voice(spoken) {
  const seconds = Math.max(2, Math.round(spoken.length / 3));
  const line = el("span", { class: "voice-line" }, icon("icon-voice"), `${seconds}″`);
  const words = spoken ? el("span", { class: "recognised" }, spoken) : null;
  return el("div", { class: "bubble", "aria-label": `语音 ${seconds} 秒：${spoken}` }, line, words);
}

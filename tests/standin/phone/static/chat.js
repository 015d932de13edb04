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
    this.log.scrollTop = this.log.scrollHeight;
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
    const { kind, data = {} } = entry;
    if (kind === "event") return null;
    if (data.picture) return bare(el("img", { class: "photo", src: data.picture, alt: "照片" }));
    if (kind === "sticker") return bare(icon("sticker", "big-sticker"));
    if (kind === "voice") return voice(entry);
    if (data.fields || data.title) return this.card(entry);
    return el("div", { class: "bubble" }, ...entry.pieces.map((piece) => this.piece(piece)));
  }

  piece({ text, href, says, menu_id: menuId }) {
    if (says) return this.link(text, () => this.act.tap(says, menuId || ""));
    if (href) return this.link(text, () => this.act.open(href), href);
    return document.createTextNode(text);
  }

  link(text, onclick, title) {
    return el("button", { type: "button", class: "link", title, onclick }, text);
  }

  card({ text, data }) {
    const rows = Object.values(data.fields || {}).map((value) => el("dd", {}, String(value)));
    const open = data.url ? this.link("查看详情", () => this.act.open(data.url), data.url) : null;
    const body = rows.length ? el("dl", {}, ...rows) : el("p", {}, data.description || "");
    return el("article", { class: "card-message" }, el("h3", {}, data.title || text), body, open);
  }
}

function bare(content) {
  return el("div", { class: "bubble bare" }, content);
}

function voice({ text, data }) {
  const seconds = Math.max(2, Math.round((text || "").length / 3));
  const line = el("span", { class: "voice-line" }, icon("icon-voice"), `${seconds}″`);
  const words = data.recognition ? el("span", { class: "recognised" }, data.recognition) : null;
  return el("div", { class: "bubble", "aria-label": `语音：${text || data.recognition || ""}` }, line, words);
}

// Behind the scenes: the wire as it happens, and the fault switches.
import { clock } from "./chat.js";
import { $, el } from "./dom.js";
import { get, post } from "./api.js";

const KEPT = 200;
const PUSHES = {
  text: "文字", image: "照片", voice: "语音", video: "视频", location: "位置", link: "链接", file: "文件", subscribe: "关注", unsubscribe: "取消关注", SCAN: "扫码",
  CLICK: "点菜单", VIEW: "菜单开网页", TEMPLATESENDJOBFINISH: "模板消息回执", MASSSENDJOBFINISH: "群发回执", subscribe_msg_popup_event: "订阅授权",
  subscribe_msg_change_event: "订阅变更", subscribe_msg_sent_event: "订阅通知回执",
};
const CALLS = {
  "/cgi-bin/stable_token": "取令牌", "/cgi-bin/token": "取令牌", "/cgi-bin/message/custom/send": "发客服消息", "/cgi-bin/message/template/send": "发模板消息",
  "/cgi-bin/message/subscribe/bizsend": "发订阅通知", "/cgi-bin/message/mass/sendall": "群发", "/cgi-bin/message/mass/send": "按名单群发", "/cgi-bin/message/mass/preview": "群发预览",
  "/cgi-bin/menu/create": "建菜单", "/cgi-bin/menu/get": "看菜单", "/cgi-bin/user/get": "取关注者", "/cgi-bin/user/info": "查关注者", "/cgi-bin/media/get": "取素材",
  "/cgi-bin/media/upload": "传素材", "/sns/oauth2/access_token": "换网页身份", "/connect/oauth2/authorize": "网页登录",
};
const ANSWERS = { success: "收到，不回复", empty: "空回复", reply: "已回复", failed: "没有得到有效回复" };
const PROBLEMS = { timeout: "超过 5 秒", "connection dropped": "断线", "All connection attempts failed": "连不上服务" };

// Each switch: [field, value when on, title, what it does].
const SWITCHES = [
  ["slow", 2, "网络变慢", "每次往来多等 2 秒"],
  ["duplicate", true, "消息重复", "同一条消息同时推送两遍"],
  ["out_of_order", true, "顺序颠倒", "后发的消息先到"],
  ["drop_connection", 1, "断线一次", "下一次推送的回答收不到，平台会重推"],
  ["token_revoked", true, "令牌被别人换掉", "下一次调用接口时令牌已失效"],
  ["busy", 3, "平台繁忙三次", "接下来三次接口调用返回 -1"],
  ["lost_answers", 1, "丢一次应答", "平台办了事，应答却没有送到"],
  ["dirty_text", true, "夹带怪字符", "文字里混入控制字符和 ]]>"],
  ["unknown_elements", true, "陌生字段", "推送里多出没有公布过的字段"],
];

// What a push is about, in a few words: its text, or the key of the button.
function gist(body) {
  const found = /<(?:Content|EventKey|Recognition)><!\[CDATA\[([^\]]+)/.exec(body || "");
  return found ? `「${found[1].slice(0, 16)}${found[1].length > 16 ? "…" : ""}」` : "";
}

export class Panel {
  constructor() {
    this.seen = new Set();
    this.faults = {};
    this.names = new Map();
    document.querySelectorAll("[role=tab]").forEach((tab, index, tabs) => {
      tab.addEventListener("click", () => this.select(tab));
      tab.addEventListener("keydown", (event) => { if (event.key.startsWith("Arrow")) { this.select(tabs[1 - index]); tabs[1 - index].focus(); } });
    });
    $("reset-faults").addEventListener("click", async () => this.showFaults(await post("/faults", { reset: true })));
  }

  async load(people) {
    this.names = new Map(people.map((person) => [person.id, person.name]));
    const [wire, faults] = await Promise.all([get(`/wire?limit=${KEPT}`), get("/faults")]);
    wire.items.forEach((entry) => this.add(entry));
    this.showFaults(faults);
  }

  select(tab) {
    document.querySelectorAll("[role=tab]").forEach((other) => {
      other.setAttribute("aria-selected", String(other === tab));
      other.tabIndex = other === tab ? 0 : -1;
      $(other.getAttribute("aria-controls")).hidden = other !== tab;
    });
  }

  add(entry) {
    if (this.seen.has(entry.id)) return;
    this.seen.add(entry.id);
    $("wire-empty").hidden = true;
    const older = [...$("wire").children].find((line) => Number(line.dataset.id) < entry.id);
    $("wire").insertBefore(el("li", { "data-id": entry.id }, this.item(entry)), older || null);
    if ($("wire").children.length > KEPT) $("wire").lastElementChild.remove();
  }

  item(entry) {
    const push = entry.direction === "push";
    const bad = Boolean(entry.error) || Boolean(entry.errcode) || (push && entry.outcome === "failed");
    const who = this.names.get(entry.openid);
    const name = `${who ? `${who} · ` : ""}${(push ? PUSHES : CALLS)[entry.what] || entry.what}`;
    const attempt = entry.attempt > 1 ? `（第 ${entry.attempt} 次）` : "";
    const summary = el("summary", {}, el("span", { class: "way", "aria-label": push ? "微信推给服务" : "服务调用微信" }, push ? "→" : "←"), el("span", {}, `${name}${push ? gist(entry.body) : ""}${attempt}`), el("time", {}, clock(entry.at, true)), el("span", { class: "result" }, this.result(entry, push)));
    const inside = el("pre");
    const open = () => { inside.textContent = this.detail(entry); };
    return el("details", { class: `${entry.direction}${bad ? " bad" : ""}`, ontoggle: open }, summary, inside);
  }

  result(entry, push) {
    const took = `${entry.seconds < 0.1 ? Math.max(1, Math.round(entry.seconds * 1000)) + " 毫秒" : entry.seconds.toFixed(1) + " 秒"}`;
    if (push) return `${ANSWERS[entry.outcome]}${entry.problem ? `：${PROBLEMS[entry.problem] || entry.problem}` : ""} · ${took}`;
    return `${entry.errcode ? `错误码 ${entry.errcode}` : "成功"} · ${took}`;
  }

  detail(entry) {
    const answer = entry.reply && Object.keys(entry.reply).length ? JSON.stringify(entry.reply, null, 1) : entry.answer;
    const asked = `${entry.what}${entry.status ? `　HTTP ${entry.status}` : ""}`;
    return [asked, entry.body, answer && `⟹ 回答\n${answer}`].filter(Boolean).join("\n\n");
  }

  showFaults(faults) {
    if (!faults) return;
    this.faults = faults;
    $("faults").replaceChildren(...SWITCHES.map((one) => this.faultSwitch(one)));
    const on = SWITCHES.filter(([name]) => faults[name]).length;
    $("faults-on").hidden = on === 0;
    $("faults-on").textContent = on;
  }

  faultSwitch([name, value, title, effect]) {
    const off = typeof value === "number" ? 0 : false;
    const box = el("input", { type: "checkbox", role: "switch", name, checked: Boolean(this.faults[name]) });
    box.addEventListener("change", async () => this.showFaults(await post("/faults", { [name]: box.checked ? value : off })));
    return el("label", {}, el("span", {}, title), box, el("small", {}, effect));
  }
}

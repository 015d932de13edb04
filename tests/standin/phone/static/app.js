// Wires the page: who holds the phone, what is shown, and the live stream.
import { get, post } from "./api.js";
import { Chat } from "./chat.js";
import { Composer } from "./composer.js";
import { $, toast } from "./dom.js";
import { Panel } from "./panel.js";
import { People } from "./people.js";
import { WebView } from "./webview.js";

const HOLDER = "standin-holder";
const TYPING_AFTER = 700;
const FOLLOWING = ["subscribe", "unsubscribe"];
const ACCOUNT = $("title").textContent;

let people = [];
let current = null;
let following = false;

const list = new People(choose);
const panel = new Panel();
const webview = new WebView();
const chat = new Chat({ tap: (content, menuId) => act("tap", { content, menu_id: menuId }), open: (url) => webview.open(current, url) });
const composer = new Composer({
  say: (text) => act("say", { text }),
  click: (button) => press(button),
  picture: (blob) => act("picture", blob),
  voice: (text, recognised) => act("voice", { text, recognised }),
  recognises: () => panel.faults.recognition,
  sticker: () => act("sticker"),
});

function show(what) {
  document.body.dataset.shows = what;
}

async function act(verb, body) {
  const person = current;
  const typing = setTimeout(() => { if (current === person) $("title").textContent = "对方正在输入…"; }, TYPING_AFTER);
  const answer = await post(`/people/${person.id}/${verb}`, body);
  clearTimeout(typing);
  $("title").textContent = ACCOUNT;
  answer?.entries.forEach((entry) => heard(person.id, entry));
}

function press(button) {
  if (button.type === "view") {
    post(`/people/${current.id}/view`, { url: button.url });
    webview.open(current, button.url);
  } else {
    act("click", { key: button.key });
  }
}

async function choose(id) {
  webview.close();
  current = people.find((person) => person.id === id);
  sessionStorage.setItem(HOLDER, id);
  const asked = current;
  const state = await get(`/people/${id}/chat`);
  if (asked !== current) return;
  $("holder").textContent = `${current.name}的手机`;
  chat.show(current, state.entries);
  setState(state);
  profile(!state.following);
  seen();
  show("chat");
}

// The menu, and whether the account is followed, may change without this page's doing.
async function learnState() {
  const asked = current;
  const state = await get(`/people/${asked.id}/chat`);
  if (asked !== current) return;
  const changed = state.following !== following;
  setState(state);
  if (changed) profile(!following);
}

function setState(state) {
  following = state.following;
  composer.setMenu(state.menu);
  $("follow").hidden = following;
  $("invitation").hidden = following;
  ["enter", "unfollow", "subscribe"].forEach((id) => { $(id).hidden = !following; });
}

function seen() {
  if (current) list.markRead(current);
  list.show(people, current?.id);
}

function heard(id, entry) {
  const person = people.find((one) => one.id === id);
  if (!person) return;
  if (entry.from !== "person" && !person.received.includes(entry.id)) person.received.push(entry.id);
  if (person === chat.person) chat.add(entry);
  if (person === current && FOLLOWING.includes(entry.data.event)) learnState();
  seen();
}

function profile(open) {
  $("profile").hidden = !open;
  $("from-profile").hidden = !following;
}

async function follow(verb) {
  $(verb).disabled = true;
  await act(verb);
  $(verb).disabled = false;
}

function listen() {
  const stream = new EventSource("/phone/events");
  const live = (on) => { $("live").classList.toggle("on", on); $("live").textContent = on ? "实时" : "连接中"; };
  const on = (kind, hear) => stream.addEventListener(kind, (event) => hear(JSON.parse(event.data)));
  stream.onopen = () => { live(true); refresh(); };
  stream.onerror = () => live(false);
  on("chat", ({ person, entry }) => heard(person, entry));
  on("wire", (entry) => panel.add(entry));
  on("faults", (faults) => panel.showFaults(faults));
  on("menu", () => { if (current) learnState(); });
}

// Also after a lost connection: whatever was missed is read again.
async function refresh() {
  people = (await get("/people")).people;
  panel.load(people);
  const id = current?.id || sessionStorage.getItem(HOLDER);
  const shows = document.body.dataset.shows;
  await choose((people.find((person) => person.id === id) || people[0]).id);
  if (!id || shows === "panel") show(shows);
}

function tick() {
  $("clock").textContent = new Date().toLocaleTimeString("zh-CN", { hour: "numeric", minute: "2-digit", hour12: false });
}

document.querySelectorAll("[data-show]").forEach((button) => button.addEventListener("click", () => show(button.dataset.show)));
$("to-profile").addEventListener("click", () => profile(true));
$("from-profile").addEventListener("click", () => profile(false));
$("enter").addEventListener("click", () => profile(false));
$("follow").addEventListener("click", () => follow("follow"));
$("unfollow").addEventListener("click", () => follow("unfollow"));
$("subscribe").addEventListener("click", async () => { if (await post(`/people/${current.id}/subscribe`)) toast("已同意接收一次通知。"); });
window.addEventListener("unhandledrejection", (event) => toast(event.reason.message));
tick();
setInterval(tick, 10000);
listen();

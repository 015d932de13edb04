// The list of workers, what each said last, and what they have not read.
import { $, el } from "./dom.js";

const READ = "standin-read";

export class People {
  constructor(choose) {
    this.choose = choose;
    this.read = JSON.parse(localStorage.getItem(READ) || "{}");
  }

  show(people, current) {
    const unread = (person) => person.received.filter((id) => id > (this.read[person.id] || 0)).length;
    $("people").replaceChildren(...people.map((person) => this.item(person, person.id === current, unread(person))));
    const others = people.reduce((sum, person) => sum + (person.id === current ? 0 : unread(person)), 0);
    $("unread-total").hidden = others === 0;
    $("unread-total").textContent = others;
  }

  item(person, current, unread) {
    const dot = unread && !current ? el("b", { class: "dot", "aria-label": `${unread} 条未读` }, String(unread)) : null;
    const face = el("span", { class: "face" }, el("img", { src: person.avatar, alt: "" }), dot);
    const name = el("strong", {}, person.name, el("span", {}, `${person.trade} · ${person.age}岁`));
    return el("li", {}, el("button", { type: "button", class: "worker", "aria-current": current ? "true" : null, onclick: () => this.choose(person.id) }, face, name, el("small", {}, person.story)));
  }

  markRead(person) {
    this.read[person.id] = Math.max(0, ...person.received);
    localStorage.setItem(READ, JSON.stringify(this.read));
  }
}

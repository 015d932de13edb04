// The list of workers, what each said last, and what they have not read.
import { $, el } from "./dom.js";

const READ = "standin-read";

export class People {
  constructor(choose) {
    this.choose = choose;
    this.read = JSON.parse(localStorage.getItem(READ) || "{}");
  }

  // The buttons are made once, so that whoever walks the list by keyboard keeps the place.
  show(people, current) {
    if ($("people").children.length !== people.length) $("people").replaceChildren(...people.map((person) => this.item(person)));
    people.forEach((person, index) => this.mark($("people").children[index].firstElementChild, person.id === current, this.unread(person)));
    const others = people.reduce((sum, person) => sum + (person.id === current ? 0 : this.unread(person)), 0);
    $("unread-total").hidden = others === 0;
    $("unread-total").textContent = others;
  }

  unread(person) {
    return person.received.filter((id) => id > (this.read[person.id] || 0)).length;
  }

  item(person) {
    const face = el("span", { class: "face" }, el("img", { src: person.avatar, alt: "" }), el("b", { class: "dot", hidden: true }));
    const name = el("strong", {}, person.name, el("span", {}, `${person.trade} · ${person.age}岁`));
    return el("li", {}, el("button", { type: "button", class: "worker", onclick: () => this.choose(person.id) }, face, name, el("small", {}, person.story)));
  }

  mark(button, current, unread) {
    const dot = button.querySelector(".dot");
    dot.hidden = current || unread === 0;
    dot.textContent = unread;
    dot.setAttribute("aria-label", `${unread} 条未读`);
    if (current) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }

  markRead(person) {
    this.read[person.id] = Math.max(0, ...person.received);
    localStorage.setItem(READ, JSON.stringify(this.read));
  }
}

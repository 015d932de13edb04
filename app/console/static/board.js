// The board by keyboard, and choosing many at once. Without this file everything still works by ticking and pressing.
"use strict";

const form = document.getElementById("board");
const rows = [...form.querySelectorAll("tr[data-number]")];
const ticks = rows.map((row) => row.querySelector("input"));
const all = document.getElementById("all");
const chosen = document.getElementById("chosen");
const keys = document.getElementById("keys");
let at = -1;
let last = -1;

function tell() {
  const count = ticks.filter((tick) => tick.checked).length;
  rows.forEach((row, place) => row.classList.toggle("picked", ticks[place].checked));
  if (all) {
    all.checked = count > 0 && count === ticks.length;
    all.indeterminate = count > 0 && count < ticks.length;
  }
  chosen?.closest(".deeds").classList.toggle("idle", !count);
  if (chosen) chosen.textContent = count ? `选了 ${count} 份` : "先勾选提案，再选要做的事";
}

function tick(place, to) {
  ticks[place].checked = to;
  last = place;
  tell();
}

function move(by) {
  if (!rows.length) return;
  at = Math.min(Math.max(at + by, 0), rows.length - 1);
  rows.forEach((row, place) => row.classList.toggle("at", place === at));
  rows[at].querySelector(".number a").focus({ preventScroll: true });
  rows[at].scrollIntoView({ block: "nearest" });
}

function focus(id) {
  document.getElementById(id)?.focus();
}

function turn(rel) {
  document.querySelector(`a[rel="${rel}"]`)?.click();
}

const DEEDS = {
  j: () => move(1),
  k: () => move(-1),
  x: () => at >= 0 && tick(at, !ticks[at].checked),
  o: () => at >= 0 && rows[at].querySelector(".number a").click(),
  e: () => focus("to-category"),
  a: () => focus("to-assignee"),
  "/": () => focus("q"),
  "[": () => turn("prev"),
  "]": () => turn("next"),
  "?": () => keys.showModal(),
};

ticks.forEach((box, place) => {
  box.addEventListener("click", (event) => {
    if (event.shiftKey && last >= 0) {
      const [from, to] = [Math.min(last, place), Math.max(last, place)];
      ticks.slice(from, to + 1).forEach((other) => (other.checked = box.checked));
    }
    at = place;
    tick(place, box.checked);
  });
});

rows.forEach((row, place) => row.addEventListener("focusin", () => {
  at = place;
  rows.forEach((other, index) => other.classList.toggle("at", index === at));
}));

if (all) {
  all.hidden = false;
  all.addEventListener("change", () => {
    ticks.forEach((box) => (box.checked = all.checked));
    tell();
  });
}

const help = document.getElementById("keys-open");
help.hidden = false;
help.addEventListener("click", () => keys.showModal());

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input:not([type=checkbox]), select, textarea");
  if (typing && event.key === "Escape") event.target.blur();
  if (typing || keys.open || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const deed = DEEDS[event.key];
  if (!deed) return;
  event.preventDefault();
  deed();
});

tell();

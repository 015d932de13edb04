// From proposal to proposal by keyboard: j and k go through the list they were opened from, u goes back to it.
"use strict";

const WAYS = { j: "next", k: "prev", u: "up" };

document.addEventListener("keydown", (event) => {
  if (event.target.matches("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
  const way = WAYS[event.key];
  if (way) document.querySelector(`a[rel="${way}"]`)?.click();
});

// The order of candidates by dragging; rows of indicators without asking the server.
(() => {
  document.getElementById("refusal")?.focus();

  const order = document.getElementById("order");
  if (order?.querySelector("button[name=move]")) {
    const list = order.querySelector(".candidates");
    let held = null;
    let before = "";
    const ids = () => [...list.querySelectorAll("input[name=id]")].map((field) => field.value).join();
    for (const row of list.children) row.draggable = true;
    list.addEventListener("dragstart", (event) => {
      held = event.target.closest(".candidate");
      before = ids();
      event.dataTransfer.effectAllowed = "move";
      held.classList.add("held");
    });
    list.addEventListener("dragover", (event) => {
      const over = event.target.closest(".candidate");
      if (!held) return;
      event.preventDefault();
      if (!over || over === held) return;
      const { top, height } = over.getBoundingClientRect();
      if (event.clientY > top + height / 2) over.after(held); else over.before(held);
    });
    list.addEventListener("drop", (event) => event.preventDefault());
    list.addEventListener("dragend", () => {
      held.classList.remove("held");
      held = null;
      if (ids() !== before) order.submit();
    });
  }

  const indicators = document.getElementById("indicators");
  indicators?.querySelector("button[value=row]").addEventListener("click", (event) => {
    event.preventDefault();
    const rows = indicators.querySelectorAll(".indicator");
    const added = rows[rows.length - 1].cloneNode(true);
    const labels = [`第 ${rows.length + 1} 条指标`, `第 ${rows.length + 1} 条指标的目标值`];
    added.querySelectorAll("input").forEach((field, at) => {
      field.value = "";
      field.setAttribute("aria-label", labels[at]);
    });
    event.target.before(added);
    added.querySelector("input").focus();
  });
})();

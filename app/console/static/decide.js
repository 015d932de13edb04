// The message an author will read follows what is typed; on the list, the button says how many go out.
(() => {
  document.getElementById("refusal")?.focus();

  const form = document.getElementById("decide");
  const told = document.getElementById("told");
  if (form && told) {
    let waiting;
    const show = async () => {
      const body = new FormData(form);
      if (!body.get("kind") || !body.get("reason").trim()) return;
      if (body.get("kind") === "reject" && !body.get("ground")) return;
      body.set("do", "preview");
      const answer = await fetch(form.action, { method: "POST", body });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      told.replaceChildren(...page.getElementById("told").childNodes);
    };
    form.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(show, 400);
    });
    form.querySelector("button[value=preview]").hidden = true;
    show();
  }

  const list = document.getElementById("publish");
  const button = document.getElementById("publish-now");
  if (list && button) {
    const boxes = [...list.querySelectorAll("input[name=number]")];
    const all = document.getElementById("all");
    const tell = () => {
      const chosen = boxes.filter((box) => box.checked).length;
      button.textContent = button.dataset.label.replace("{n}", chosen);
      button.disabled = chosen === 0;
      all.checked = chosen === boxes.length;
    };
    all.hidden = false;
    all.addEventListener("change", () => { boxes.forEach((box) => { box.checked = all.checked; }); tell(); });
    list.addEventListener("change", tell);
    tell();
  }
})();

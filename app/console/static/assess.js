// The criteria card by keyboard: 1 to 5 scores a line and goes on to its reason, Ctrl+Enter hands the card in.
(() => {
  const card = document.getElementById("card");
  const refusal = document.getElementById("refusal");
  if (refusal) (document.querySelector(".mend textarea, .mend input") || refusal).focus();
  if (!card) return;

  const lines = [...card.querySelectorAll(".criterion")];
  const progress = document.getElementById("progress");
  let dirty = card.dataset.dirty === "yes";

  const isFilled = (line) => {
    const reason = line.querySelector("textarea");
    return line.querySelector("input:checked") && (!reason || reason.value.trim());
  };
  const tell = () => {
    const filled = lines.filter(isFilled).length;
    progress.textContent = filled === lines.length ? "都填好了" : `已填 ${filled} / ${lines.length}`;
  };

  card.addEventListener("input", (event) => {
    dirty = true;
    const line = event.target.closest(".criterion");
    if (line && isFilled(line)) line.classList.remove("mend");
    tell();
  });
  card.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      card.requestSubmit(card.querySelector("button[value=next]"));
      return;
    }
    const line = event.target.closest(".criterion");
    const score = line && event.target.type === "radio" && line.querySelector(`input[value="${CSS.escape(event.key)}"]`);
    if (!score || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    score.checked = true;
    score.dispatchEvent(new Event("input", { bubbles: true }));
    (line.querySelector("textarea") || score).focus();
  });
  card.addEventListener("submit", () => { dirty = false; });
  addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
  tell();
})();

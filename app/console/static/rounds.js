// Copying the link, and counting the ticks; without this script the pages work as they are.
const link = document.querySelector("[data-copy]");
const copy = document.getElementById("copy");

if (link && copy) {
  const told = document.getElementById("copied");
  copy.hidden = false;
  link.addEventListener("focus", () => link.select());
  copy.addEventListener("click", async () => {
    link.select();
    try {
      await navigator.clipboard.writeText(link.value);
      told.textContent = "复制好了，可以粘贴到推文、菜单或者群里。";
    } catch {
      told.textContent = "没有复制成，链接已经选中，请按 Ctrl+C。";
    }
  });
}

const compose = document.getElementById("compose");

if (compose) {
  const told = document.getElementById("chosen");
  const boxes = [...compose.querySelectorAll("input[name=candidate]")];
  const before = compose.elements.before;
  const tell = () => {
    told.textContent = `选了 ${boxes.filter((box) => box.checked).length} 个，一共 ${boxes.length} 个。`;
  };
  compose.addEventListener("change", tell);
  before.addEventListener("input", () => {
    compose.querySelector("input[name=who][value=before]").checked = true;
  });
  tell();
}

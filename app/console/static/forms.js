// Dropping files on the form is choosing them; without this script the form works as it is.
const drop = document.getElementById("drop");

if (drop) {
  const files = drop.querySelector("input[type=file]");
  const chosen = document.getElementById("chosen");
  const over = (event, is) => {
    event.preventDefault();
    drop.classList.toggle("over", is);
  };
  const tell = () => {
    chosen.textContent = files.files.length ? `选好了 ${files.files.length} 份文件。` : "";
  };

  drop.addEventListener("dragover", (event) => over(event, true));
  drop.addEventListener("dragleave", (event) => over(event, false));
  drop.addEventListener("drop", (event) => {
    over(event, false);
    if (event.dataTransfer.files.length) {
      files.files = event.dataTransfer.files;
      tell();
    }
  });
  files.addEventListener("change", tell);
  drop.addEventListener("submit", () => {
    chosen.textContent = "正在读取，请稍候……";
  });
}

// The form of a broadcast: only what the chosen way of sending needs, and the account's templates to choose from.
const form = document.querySelector("form.compose");
const id = document.getElementById("template_id");
const data = document.getElementById("data");
const about = document.getElementById("about-template");
const list = document.getElementById("templates");
let library = {};

const channel = () => form.querySelector("[name=channel]:checked")?.value ?? "";

const tell = () => {
  const found = (library[channel()] ?? []).find((one) => one.template_id === id.value.trim());
  about.textContent = found ? `“${found.title}”，要填：${found.fields.join("、")}。` : "";
  if (found && !data.value.trim()) data.value = found.fields.map((field) => `${field}=`).join("\n");
};

const turn = () => {
  const chosen = channel();
  for (const part of form.querySelectorAll("[data-for]")) {
    part.hidden = chosen !== "" && !part.dataset.for.split(" ").includes(chosen);
  }
  const options = (library[chosen] ?? []).map((one) => new Option(one.title, one.template_id));
  list.replaceChildren(...options);
  tell();
};

for (const radio of form.querySelectorAll("[name=channel]")) radio.addEventListener("change", turn);
id.addEventListener("change", tell);
turn();
fetch("/console/broadcasts/templates", { headers: { accept: "application/json" } })
  .then((answer) => answer.json())
  .then((found) => {
    library = found;
    if (found.problem) about.textContent = `读不到公众号的模板：${found.problem}请照公众平台上的编号填。`;
    else turn();
  })
  .catch(() => {});

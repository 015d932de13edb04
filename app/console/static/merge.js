// Who hears of the merge, for the proposal that is chosen to lead.
(() => {
  document.getElementById("refusal")?.focus();
  const form = document.getElementById("merge");
  const audience = document.getElementById("audience");
  if (!form || !audience) return;
  const leads = [...form.querySelectorAll("input[name=into]")];
  const tell = () => {
    const others = leads.filter((lead) => !lead.checked);
    if (others.length === leads.length) return;
    const sum = (field) => others.reduce((total, lead) => total + Number(lead.dataset[field]), 0);
    const untold = sum("untold") ? `；${sum("untold")} 份没有微信可通知，请另行转告` : "";
    audience.textContent = `合并以后，会在微信里告诉 ${sum("told")} 位提案人${untold}。`;
    audience.nextElementSibling.hidden = true;
  };
  form.addEventListener("change", tell);
  tell();
})();

// The figures of a broadcast that is being sent, asked again while the page is looked at; without it, reload the page.
const box = document.getElementById("progress");
const GOING = ["sending", "scheduled"];
const EVERY = 2000; // milliseconds

if (box && GOING.includes(box.dataset.state)) {
  const bar = box.querySelector("progress");
  const pace = document.getElementById("pace");
  const begun = { at: Date.now(), left: null };
  const tell = (found) => {
    const left = found.messages.pending + found.messages.sending;
    bar.max = found.total || 1;
    bar.value = found.total - left;
    for (const [state, number] of Object.entries(found.messages)) {
      box.querySelector(`[data-figure="${state}"]`).textContent = number;
    }
    document.getElementById("state").textContent = found.told;
    document.getElementById("tag").textContent = found.tag;
    begun.left ??= left;
    const seconds = (Date.now() - begun.at) / 1000;
    const rate = (begun.left - left) / seconds;
    if (left && rate > 0) {
      pace.textContent = `每秒 ${rate.toFixed(1)} 条，还有 ${left} 条，大约还要 ${Math.ceil(left / rate / 60)} 分钟。`;
    }
  };
  const ask = async () => {
    if (document.hidden) return;
    const answer = await fetch(box.dataset.address, { headers: { accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) return;
    const found = await answer.json();
    tell(found);
    if (!GOING.includes(found.state)) {
      clearInterval(timer);
      location.reload();
    }
  };
  const timer = setInterval(ask, EVERY);
}

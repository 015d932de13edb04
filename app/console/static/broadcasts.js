// How far a broadcast is and why it stands still, asked again while the page is looked at; without it, reload the page.
const box = document.getElementById("stands");
const EVERY = 2000; // milliseconds

if (box && (["submitted", "scheduled", "sending", "paused"].includes(box.dataset.state) || unfinished())) {
  const standing = document.getElementById("standing");
  const pace = document.getElementById("pace");
  let told = ""; // the reasons that stand there now
  let begun = null; // when this stretch of sending was first seen, and how many were left then

  const say = (place, words) => {
    if (place && place.textContent !== words) place.textContent = words;
  };
  const tellPace = (left, rests) => {
    if (rests || !left) {
      begun = null;
      say(pace, "");
      return;
    }
    begun ??= { at: Date.now(), left };
    const rate = (begun.left - left) / ((Date.now() - begun.at) / 1000);
    if (rate > 0) {
      say(pace, `每秒 ${rate.toFixed(1)} 条，还有 ${left} 条，大约还要 ${Math.ceil(left / rate / 60)} 分钟。`);
    }
  };
  const element = (name, words, ...children) => {
    const made = document.createElement(name);
    made.append(words, ...children);
    return made;
  };
  const tellReasons = (reasons, unknown) => {
    document.getElementById("not-reached").hidden = !reasons.length && !unknown;
    const written = JSON.stringify(reasons);
    if (written === told) return;
    told = written;
    const lines = (counts) => Object.entries(counts).map(([why, n]) => element("li", `${why || "没有说原因"}：${n} 人`));
    const made = reasons.flatMap((one) => [element("h3", `${one.title}的原因`), element("ul", "", ...lines(one.counts))]);
    document.getElementById("reasons").replaceChildren(...made);
  };
  const tell = (found) => {
    const left = found.messages.pending + found.messages.sending;
    const state = document.getElementById("state");
    say(state, found.told);
    state.classList.toggle("state-standing", found.standing !== "");
    say(standing, found.standing);
    const bar = document.querySelector("#progress progress");
    if (!bar) return;
    bar.max = found.total || 1;
    bar.value = found.total - left;
    for (const [state, number] of Object.entries({ ...found.messages, total: found.total })) {
      say(document.querySelector(`[data-figure="${state}"]`), String(number));
    }
    say(document.getElementById("tag"), found.tag);
    tellReasons(found.reasons, found.messages.unknown);
    tellPace(left, found.standing !== "");
  };
  // What may be done is another now: the page is drawn anew, unless somebody is typing on it.
  const drawAnew = (found) => {
    clearInterval(timer);
    const typing = [...document.querySelectorAll("main input:not([type=hidden])")].some((field) => field.value);
    if (!typing) location.reload();
    else say(standing, `${found.standing} 现在是“${found.told}”，请刷新网页。`);
  };
  const ask = async () => {
    if (document.hidden) return;
    const answer = await fetch(box.dataset.address, { headers: { accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) return;
    const found = await answer.json();
    tell(found);
    const ended = found.state === "cancelled" && !found.messages.pending && !found.messages.sending;
    const isAnother = found.state !== box.dataset.state || found.missed !== (box.dataset.missed === "yes");
    if (ended || isAnother) drawAnew(found);
  };
  const timer = setInterval(ask, EVERY);
}

function unfinished() {
  const left = ["pending", "sending"].map((state) => document.querySelector(`[data-figure="${state}"]`));
  return left.some((figure) => figure && figure.textContent !== "0");
}

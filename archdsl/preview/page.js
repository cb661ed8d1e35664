"use strict";
// The last good version stays, grey, while the file has a mistake.
const element = (id) => document.getElementById(id);
const networks = element("networks");
let chosen = "";
let asked = 0;

async function refresh() {
  const mine = ++asked;
  const answer = await fetch(`state?network=${encodeURIComponent(chosen)}`);
  const state = await answer.json();
  if (mine === asked) show(state);
}

function show(state) {
  document.title = `${state.network || "archdsl"} · archdsl`;
  element("headline").textContent = state.headline || state.network;
  choose(state);
  element("findings").replaceChildren(...state.findings.map(finding));
  const fresh = state.sound || Boolean(state.drawing);
  document.body.classList.toggle("stale", !fresh);
  document.body.dataset.version = state.version;
  if (state.drawing) element("drawing").src = state.drawing; // it finds again what was chosen
  if (state.table) element("table").innerHTML = state.table;
  if (state.source) element("source").firstElementChild.textContent = state.source;
}

function finding({ severity, text }) {
  const shown = document.createElement("pre");
  shown.className = severity;
  shown.textContent = text;
  return shown;
}

function choose(state) {
  networks.hidden = state.networks.length < 2;
  if (document.activeElement === networks) return;
  networks.replaceChildren(...state.networks.map((name) => new Option(name, name)));
  networks.value = state.network;
  chosen = state.network;
}

networks.addEventListener("change", () => {
  chosen = networks.value;
  refresh();
});

const views = [...document.querySelectorAll("[data-view]")];
for (const button of views) {
  button.addEventListener("click", () => {
    for (const other of views) {
      other.setAttribute("aria-pressed", String(other === button));
      element(other.dataset.view).hidden = other !== button;
    }
  });
}

const news = new EventSource("news");
news.onmessage = ({ data }) => {
  element("lost").hidden = true;
  if (data !== document.body.dataset.version) refresh();
};
news.onerror = () => (element("lost").hidden = false);

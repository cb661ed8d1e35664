"use strict";
// The last good version stays, grey, while the file has a mistake.
const element = (id) => document.getElementById(id);
const networks = element("networks");
let chosen = "";
let asked = 0;
let drawn = Promise.resolve();
const SLOW = 1000; // milliseconds after which the page says that an answer is to come
const SILENT = 30_000; // without a word: a server that has nothing to say says so every ten seconds
let known = { line: 0, changes: { before: [], now: [] } };

async function refresh() {
  const mine = ++asked;
  const slow = setTimeout(() => mine === asked && say("working on the next version …"), SLOW);
  try {
    const answer = await fetch(`state?network=${encodeURIComponent(chosen)}`);
    const state = await answer.json();
    clearTimeout(slow); // the diagram is there: nobody waits for the texts behind it
    if (mine !== asked) return;
    show(state);
    say(away, Boolean(away));
    if (state.sound) await write(mine); // behind the diagram, which is looked at first
  } catch {
    if (mine === asked) say(away || "archdsl could not show this version", true);
  } finally {
    clearTimeout(slow);
  }
}

function say(words, lost = false) {
  element("status").textContent = words;
  element("status").hidden = !words;
  element("status").classList.toggle("lost", lost);
}

function show(state) {
  document.title = `${state.network || "archdsl"} · archdsl`;
  element("headline").textContent = state.headline || state.network;
  choose(state);
  element("findings").replaceChildren(...state.findings.map(finding));
  const fresh = state.sound || Boolean(state.drawing);
  document.body.classList.toggle("stale", !fresh);
  document.body.dataset.version = state.version;
  if (state.drawing) {
    element("drawing").src = state.drawing; // it finds again what was chosen
    drawn = new Promise((done) => element("drawing").addEventListener("load", done, { once: true }));
  }
  compare(state);
  known = state;
}

async function write(mine) {
  await drawn;
  const answer = await fetch(`texts?network=${encodeURIComponent(chosen)}`);
  const { table, source } = await answer.json();
  if (mine !== asked) return;
  if (table) element("table").innerHTML = table;
  if (source) element("source").firstElementChild.textContent = source;
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

// --- boxes that are lit, and coloured where something has changed

const LIT = "drop-shadow(0 0 5px #f59e0b) drop-shadow(0 0 2px #f59e0b)";
const CHANGED = "#db2777";
const frames = { drawing: "now", before: "before" };

function compare(state) {
  const compared = Boolean(state.before);
  if (compared) element("before").src = state.before;
  if (state.sound) element("old").hidden = !compared;
  for (const caption of document.querySelectorAll("figcaption")) caption.hidden = element("old").hidden;
  document.querySelector("[data-view=words]").hidden = element("old").hidden;
  if (compared) element("words").textContent = state.changes.words;
}

const thingsOf = (inside) => JSON.parse(inside.getElementById("data").textContent);

function mark(id) {
  const inside = element(id).contentDocument;
  if (!inside?.getElementById("data")) return;
  const { things, files } = inside.read ?? (inside.read = thingsOf(inside));
  const lit = id === "drawing" ? litIn(things, files) : new Set();
  const paths = new Set(known.changes[frames[id]]);
  for (const group of inside.querySelectorAll("g.box")) {
    const facts = things[group.dataset.id ?? group.id]?.facts;
    group.style.filter = lit.has(facts) ? LIT : "";
    const changed = facts?.steps.some((step) => paths.has(step)) || paths.has(facts?.path);
    group.toggleAttribute("data-changed", Boolean(changed));
    const shape = group.querySelector("rect, path");
    if (shape) shape.style.cssText = changed ? `stroke: ${CHANGED}; stroke-width: 3` : "";
  }
}

// The boxes of the smallest piece of the text that has the line.
function litIn(things, files) {
  const all = Object.values(things).map(({ facts }) => facts).filter(Boolean);
  const here = all.filter(({ source: [file, first, last] }) =>
    files[file].name === known.file && first <= known.line && known.line <= last);
  const size = ({ source: [, first, last] }) => last - first;
  const least = Math.min(...here.map(size));
  return new Set(here.filter((facts) => size(facts) === least));
}

for (const id of Object.keys(frames)) {
  element(id).addEventListener("load", () => {
    const inside = element(id).contentDocument;
    if (!inside?.getElementById("data")) return;
    const drawn = () => mark(id);
    new MutationObserver(drawn).observe(inside.body, { childList: true, subtree: true });
    if (id === "drawing") inside.addEventListener("click", lead);
    drawn();
  });
}

// A click on a box leads the editor to its line.
function lead({ target, currentTarget }) {
  const group = target.closest?.("g.box");
  if (!group || target.closest(".badge") || !known.leads) return;
  const { things, files } = currentTarget.read;
  const [file, first] = things[group.dataset.id ?? group.id]?.facts?.source ?? [];
  if (files[file]?.name === known.file) fetch(`goto?line=${first}`, { method: "POST" });
}

const news = new EventSource("news");
let silence;
let away = "";

function heard() {
  clearTimeout(silence);
  silence = setTimeout(() => gone("archdsl serve does not answer"), SILENT);
  if (away) say("");
  away = "";
}

function gone(words) {
  away = words;
  say(words, true);
}

heard();
news.onmessage = ({ data }) => {
  heard();
  if (data !== document.body.dataset.version) refresh();
};
news.addEventListener("line", ({ data }) => {
  heard();
  known.line = Number(data);
  mark("drawing");
});
news.onerror = () => gone("archdsl serve has ended");

// The page: what is written, what is asked about it, and what is shown.

import { GONE, start } from "./answers.js";
import { decode, encode } from "./address.js";
import { catalogue } from "./catalogue.js";
import * as diagram from "./diagram.js";
import { download, element, make, note } from "./dom.js";
import { carried, changesOf, editor, reader } from "./editor.js";
import { inline } from "./markdown.js";

const FIRST = "resnet18";
const PAUSE = 350; // milliseconds without a key, after which the rest is asked for
const SLOW = 1; // seconds after which the page tells how long it has waited
const dark = matchMedia("(prefers-color-scheme: dark)");
const narrow = matchMedia("(max-width: 800px)");

const shown = { view: "diagram", network: "", name: "", levels: 1, sound: false };
const seen = {}; // of each view, the question whose answer it shows
let reading = null;
let findings = [];

let loading = "";
const unanswered = new Set();
const answer = start(
  (words) => {
    loading = words;
    progress();
  },
  () => lost(true),
);

// What is begun, or how long the first of the questions has waited for its answer.
function progress() {
  const first = Math.min(...[...unanswered].map(({ begun }) => begun));
  const seconds = Math.floor((performance.now() - first) / 1000);
  const words = loading || (seconds >= SLOW ? `working for ${seconds} s` : "");
  element("progress").textContent = words && `${words} …`;
  element("progress").hidden = !words;
}

function lost(gone) {
  element("lost").textContent = GONE;
  element("lost").hidden = !gone;
}

async function waited(question) {
  const asked = { begun: performance.now() };
  const tick = setInterval(progress, 500);
  unanswered.add(asked);
  try {
    const found = await question;
    lost(false);
    return found;
  } finally {
    clearInterval(tick);
    unanswered.delete(asked);
    progress();
  }
}

async function ask(message) {
  const { ask: kind, ...more } = message;
  const asked = { ask: kind, text: spec.text(), network: shown.network, ...more };
  const found = await waited(answer(asked));
  if (found.refused !== undefined) {
    const whose = found.fault ? ": this is a fault of archdsl, not yours" : "";
    throw new Error(found.refused + whose);
  }
  return found;
}

// Of a word under the pointer or a proposal: none where the question failed.
const perhaps = (message) => ask(message).catch(() => null);

const spec = editor({
  parent: element("editor"),
  ask: perhaps,
  changed,
  moved: (at) => diagram.light(at),
});
const python = reader(element("python"));

// --- what is asked, in its order ----------------------------------------------------------------

let typed = 0; // counts the changes
let asking = false;
let pausing;

// After a change of the text, or without one after another spec or network was chosen.
function changed(changes) {
  typed += 1;
  if (changes) {
    shown.name = "";
    findings = findings.map((one) => carried(one, changes));
  }
  clearTimeout(pausing);
  pausing = setTimeout(rest, PAUSE);
  refresh();
}

// One question after the other; a change on the way begins anew, and no question waits twice.
async function refresh() {
  if (asking) return;
  asking = true;
  for (let turn = -1; turn !== typed; ) {
    turn = typed;
    try {
      await round(() => turn === typed);
    } catch (error) {
      reading = null;
      outdated("as it was before this text");
      failed(error);
    }
  }
  asking = false;
}

async function round(current) {
  const found = await ask({ ask: "read" });
  if (!current()) return;
  reading = found;
  shown.network = found.network;
  shown.sound = found.sound;
  spec.hint(found.hints);
  told(found.sound ? [...found.findings, ...findings.filter(isWarning)] : found.findings);
  named(found);
  document.body.classList.remove("stale");
  if (!found.sound) outdated("as it was before the mistake");
  else if (shown.view !== "source") await look(current);
}

// The last good picture stays; once the text is sound again, it is asked for anew.
function outdated(words) {
  document.body.classList.add("stale");
  element("stale").textContent = words;
  diagram.untie();
  delete seen.diagram;
}

const isWarning = ({ severity }) => severity !== "error";

// What takes long waits until nobody types.
async function rest() {
  if (asking) {
    pausing = setTimeout(rest, PAUSE);
    return;
  }
  if (!reading) return; // the text has no answer
  const turn = typed;
  const current = () => turn === typed;
  try {
    const { findings: found } = await ask({ ask: "check" });
    if (!current()) return;
    told(found);
    if (shown.sound) await look(current);
    remember();
  } catch (error) {
    if (current()) failed(error);
  }
}

// The view that is seen, if it does not show the present text already.
async function look(current = () => true) {
  const asked = {
    diagram: { ask: "draw", depth: depth(), theme: dark.matches ? "dark" : "color" },
    audit: { ask: "audit", depth: shown.levels },
    source: { ask: "emit" },
  }[shown.view];
  if (!asked) return;
  const view = shown.view;
  const question = JSON.stringify([asked, spec.text(), shown.network]);
  if (seen[view] === question) return;
  const found = await ask(asked);
  if (!current()) return;
  seen[view] = question;
  ({ diagram: diagram.show, audit: table, source: ({ text }) => python.show(text) })[view](found);
  document.body.dataset.shows = view;
}

const depth = () => (element("depth").value === "" ? null : Number(element("depth").value));

function failed(error) {
  if (error instanceof TypeError) lost(true); // of `fetch`, where nobody answers
  else note(error.message);
}

// --- what is shown ------------------------------------------------------------------------------

function named({ networks, network, figures }) {
  const choice = element("networks");
  choice.hidden = networks.length < 2;
  choice.replaceChildren(...networks.map((name) => new Option(name, name, false, name === network)));
  document.title = `${network || "archdsl"} · archdsl playground`;
  if (!figures.length) return;
  element("figures").replaceChildren(...figures.map((words) => make("span", {}, words)));
}

function told(found) {
  const key = ({ code, message, place }) => JSON.stringify([code, message, place]);
  findings = [...new Map(found.map((one) => [key(one), one])).values()];
  spec.mark(findings);
  element("findings").replaceChildren(...findings.map(finding));
}

function finding(one, index) {
  const more = one.details.map((line) => make("p", {}, line));
  const hint = one.hint ? [make("p", {}, ...inline(`help: ${one.hint}`))] : [];
  const now = () => findings[index]; // its places move while one types
  const remedies = one.remedies.map(({ title }, which) => {
    const mend = () => spec.change(changesOf(now().remedies[which]));
    return make("button", { type: "button", class: "remedy", onclick: mend }, title);
  });
  const place = make(
    "button",
    { type: "button", class: "place", onclick: () => spec.select(...now().place) },
    make("b", {}, `${one.line}`),
    make("span", {}, ...inline(one.message)),
    make("i", {}, one.code),
  );
  return make("li", { class: one.severity }, place, ...more, ...hint, ...remedies);
}

function table({ html, deepest }) {
  element("table").innerHTML = html; // archdsl's own, with the spec's text escaped
  const choices = Array.from({ length: deepest }, (_, level) => level + 1);
  element("levels").replaceChildren(
    ...choices.map((n) => new Option(n, n, false, n === shown.levels)),
  );
  element("levels").parentElement.hidden = deepest < 2;
}

// --- views --------------------------------------------------------------------------------------

const tabs = [...document.querySelectorAll("[role=tab]")];

function turnTo(view) {
  shown.view = view;
  document.body.dataset.view = view;
  for (const tab of tabs) tab.setAttribute("aria-selected", String(tab.dataset.view === view));
  if (view === "diagram") diagram.fit();
  if (shown.sound) look().catch(failed);
}

for (const tab of tabs) {
  tab.addEventListener("click", () => turnTo(tab.dataset.view));
  tab.addEventListener("keydown", ({ key }) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (!step) return;
    const visible = tabs.filter((one) => one.offsetParent);
    const next = visible.at((visible.indexOf(tab) + step) % visible.length);
    next.focus();
    next.click();
  });
}
narrow.addEventListener("change", () => {
  if (!narrow.matches && shown.view === "spec") turnTo("diagram");
});
dark.addEventListener("change", () => shown.sound && look().catch(failed));
element("depth").addEventListener("change", () => shown.sound && look().catch(failed));
element("levels").addEventListener("change", ({ target }) => {
  shown.levels = Number(target.value);
  look().catch(failed);
});
element("smaller").addEventListener("click", () => diagram.zoom(0.8));
element("larger").addEventListener("click", () => diagram.zoom(1.25));
element("fit").addEventListener("click", diagram.fit);
element("networks").addEventListener("change", ({ target }) => {
  shown.network = target.value;
  changed(null);
});
diagram.onChoice((from, to) => {
  if (narrow.matches) turnTo("spec");
  spec.select(from, to);
});

// --- the width of the spec ----------------------------------------------------------------------

const divider = element("divider");
const widen = (part) =>
  document.body.style.setProperty("--part", `${Math.min(80, Math.max(20, part)).toFixed(1)}%`);
const part = () => parseFloat(getComputedStyle(document.body).getPropertyValue("--part"));

divider.addEventListener("pointerdown", ({ pointerId }) => divider.setPointerCapture(pointerId));
divider.addEventListener("pointermove", ({ pointerId, clientX }) => {
  if (divider.hasPointerCapture(pointerId)) widen((clientX / innerWidth) * 100);
});
divider.addEventListener("keydown", ({ key }) => {
  if (key === "ArrowLeft") widen(part() - 2);
  if (key === "ArrowRight") widen(part() + 2);
});

// --- format, share, save ------------------------------------------------------------------------

async function format() {
  try {
    spec.replace((await ask({ ask: "format" })).text);
  } catch (error) {
    failed(error);
  }
}

element("format").addEventListener("click", format);
addEventListener("keydown", (event) => {
  if (event.shiftKey && event.altKey && event.code === "KeyF") {
    event.preventDefault();
    format();
  }
});

async function remember() {
  const fragment = shown.name
    ? new URLSearchParams({ name: shown.name }).toString()
    : await encode(spec.text(), reading?.networks.length > 1 ? shown.network : "");
  if (location.hash !== `#${fragment}`) history.replaceState(null, "", `#${fragment}`);
}

element("share").addEventListener("click", async () => {
  await remember();
  try {
    await navigator.clipboard.writeText(location.href);
    note(`A link with this spec in it was copied: ${location.href.length} characters`);
  } catch {
    note("The link stands in the address of this page");
  }
});

const menu = element("save-menu");

function openMenu(open) {
  menu.hidden = !open;
  element("save").setAttribute("aria-expanded", String(open));
}

element("save").addEventListener("click", () => openMenu(menu.hidden));
addEventListener("click", ({ target }) => target.closest("#save, #save-menu") || openMenu(false));
addEventListener("keydown", ({ key }) => key === "Escape" && openMenu(false));

const SAVED = {
  arch: async () => [spec.text(), "text/plain"],
  py: async () => [(await ask({ ask: "emit" })).text, "text/x-python"],
  svg: async () => [(await ask({ ask: "draw", depth: depth() })).picture, "image/svg+xml"],
  html: async () => [(await ask({ ask: "draw", format: "html" })).picture, "text/html"],
};

menu.addEventListener("click", async ({ target }) => {
  const kind = target.closest("[data-save]")?.dataset.save;
  if (!kind) return;
  openMenu(false);
  try {
    download(`${shown.network || "spec"}.${kind}`, ...(await SAVED[kind]()));
  } catch (error) {
    failed(error);
  }
});

element("copy").addEventListener("click", async () => {
  await navigator.clipboard.writeText(python.text());
  note("Copied");
});

// --- the beginning ------------------------------------------------------------------------------

const textOf = await catalogue(choose);

function choose(name) {
  const text = textOf(name);
  if (text === undefined) return note(`The catalogue has no network ${name}`);
  Object.assign(shown, { name, network: name });
  findings = [];
  spec.open(text);
}

async function fromAddress() {
  let found = null;
  try {
    found = await decode(location.hash);
  } catch (error) {
    note(error.message);
  }
  if (found?.text === undefined) return choose(found?.name ?? FIRST);
  Object.assign(shown, { name: "", network: found.network });
  findings = [];
  spec.open(found.text);
}

addEventListener("hashchange", fromAddress);
turnTo("diagram");
await fromAddress();

// The panel beside the drawing: what the chosen box is, its figures, and the line that says it.

const panel = document.getElementById("panel");
const note = document.getElementById("note");
const KEYWORDS =
  "network block input output let for in if elif else path init expect from import and or not " +
  "true false none variant function aux layer add concat";
const WORDS = new RegExp(
  `(#.*)|("(?:[^"\\\\]|\\\\.)*"|'(?:[^'\\\\]|\\\\.)*')|` +
    `\\b(${KEYWORDS.replaceAll(" ", "|")})\\b|\\b(\\d[\\d_]*(?:\\.\\d+)?)\\b`,
  "g",
);

function make(name, attributes = {}, ...inside) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...inside);
  return made;
}

function button(words, hint, act) {
  const made = make("button", { type: "button", title: hint }, words);
  made.addEventListener("click", act);
  return made;
}

function tell(id) {
  panel.hidden = id === undefined;
  if (id === undefined) return panel.replaceChildren();
  const { facts } = things[id];
  panel.replaceChildren(head(id, facts), figures(facts), sourceOf(facts));
  const marked = panel.querySelector(".marked");
  if (marked)
    marked.parentElement.scrollTop = marked.offsetTop - marked.parentElement.clientHeight / 3;
}

function head(id, { path }) {
  const acts = make("p", { class: "acts" });
  const open = page.isOpen(id);
  if (canOpen(id)) acts.append(button(open ? "close" : "open", "Enter", () => page.toggle(id)));
  else if (things[id].kind === "block") acts.append("its inside is not in this page ");
  acts.append(button("copy path", "c", copyPath), button("copy link", "l", copyLink));
  const close = button("×", "close (Escape)", () => page.choose(undefined));
  close.className = "close";
  close.setAttribute("aria-label", "close");
  const where = make("nav", { class: "where", "aria-label": "blocks around it" });
  for (const outer of around(id)) {
    where.append(
      button(things[outer].facts.path.split(".").pop(), "", () => page.reveal(outer)),
      " › ",
    );
  }
  return make("header", {}, close, where, make("h2", {}, path), acts);
}

function figures({
  written = [],
  inputs,
  outputs,
  params = 0,
  macs = 0,
  memory = 0,
  field,
  about,
  shares,
}) {
  const counted = (count, heat) =>
    count ? `${count.toLocaleString("en")}  ·  ${shares[HEATS.indexOf(heat)][1]}` : "";
  const rows = {
    "": written.join("\n"),
    "shape in": inputs,
    "shape out": outputs,
    params: counted(params, "params"),
    MACs: counted(macs, "macs"),
    memory: counted(memory, "memory") && `${counted(memory, "memory")} of activations`,
    field: field,
    about: about,
  };
  const list = make("dl");
  for (const [name, value] of Object.entries(rows)) {
    if (!value) continue;
    const said = make("dd", name ? {} : { class: "written" }, value);
    list.append(make("dt", {}, name || "as written"), said);
  }
  return list;
}

function sourceOf({ source: [file, first, last] }) {
  const { name, lines } = network.files[file];
  const list = make("ol", { class: "source", tabindex: "0", "aria-label": name });
  lines.forEach((text, index) => {
    const number = index + 1;
    const row = make("li", { value: number }, ...coloured(text));
    if (number >= first && number <= last) row.className = "marked";
    list.append(row);
  });
  return make("section", {}, make("h3", {}, `${name}:${first}`), list);
}

// Comments, strings, words of the language and numbers.
function coloured(text) {
  const found = [];
  let from = 0;
  for (const match of text.matchAll(WORDS)) {
    found.push(text.slice(from, match.index));
    const kind = ["comment", "string", "word", "number"][match.slice(1).findIndex(Boolean)];
    found.push(make("span", { class: kind }, match[0]));
    from = match.index + match[0].length;
  }
  return [...found, text.slice(from)];
}

// --- copying ---

function copyPath() {
  if (page.chosen !== undefined) copy(things[page.chosen].facts.steps[0]);
}

function copyLink() {
  copy(location.href);
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = make("textarea", { readonly: "", class: "copied" });
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
    stage.focus();
  }
  say(`copied: ${text}`);
}

let silence;
function say(words) {
  note.textContent = words;
  note.hidden = false;
  clearTimeout(silence);
  silence = setTimeout(() => (note.hidden = true), 2500);
}

// Keys and presses → what they do.

const help = document.getElementById("help");
const KEYS = [
  ["← ↑ → ↓", "to the next box in that direction"],
  ["Enter", "open or close the chosen block"],
  ["/", "search by name or op"],
  ["Esc", "leave the search, the panel, this list"],
  ["+  −  0", "larger, smaller, all"],
  ["Shift + arrow", "move the drawing"],
  ["u  f", "unfold the next level, fold all"],
  ["h", "colour by params, MACs, memory, or kind"],
  ["c  l", "copy the path of the box, a link to it"],
  ["s  p", "save what is seen as SVG, as PNG"],
  ["d", "light or dark"],
  ["?", "this list"],
];
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const actions = {
  in: () => zoom(1.25),
  out: () => zoom(0.8),
  fit,
  unfold: () => page.unfold(),
  fold: () => page.fold(),
  svg: saveSvg,
  png: savePng,
  theme: turnTheme,
  help: () => (help.open ? help.close() : help.showModal()),
};
const keyed = {
  "+": actions.in,
  "=": actions.in,
  "-": actions.out,
  0: fit,
  u: actions.unfold,
  f: actions.fold,
  s: saveSvg,
  p: savePng,
  d: turnTheme,
  "?": actions.help,
  c: copyPath,
  l: copyLink,
  h: nextHeat,
  "/": () => query.focus(),
  Escape: () => page.choose(undefined),
};

function nextHeat() {
  const all = ["", ...HEATS];
  page.colour(all[(all.indexOf(page.heat) + 1) % all.length]);
}

function turnTheme() {
  const root = document.documentElement;
  const dark = getComputedStyle(root).colorScheme === "dark";
  root.dataset.theme = dark ? "light" : "dark";
  page.remember();
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
  const from = event.target;
  if (from === query) return;
  if (event.key in keyed) keyed[event.key]();
  else if (event.key in ARROWS && !from.closest?.(".source")) {
    const [dx, dy] = ARROWS[event.key];
    if (event.shiftKey) pan(-60 * dx, -60 * dy);
    else page.step(dx, dy);
  } else if (
    event.key === "Enter" &&
    !from.closest?.("button, .source") &&
    page.chosen !== undefined
  ) {
    if (canOpen(page.chosen)) page.toggle(page.chosen);
  } else return;
  event.preventDefault();
});

for (const pressed of document.querySelectorAll("[data-do]")) {
  pressed.addEventListener("click", () => actions[pressed.dataset.do]());
}

function drawnAt(event) {
  return event.target.closest?.("#canvas [data-id]")?.dataset.id;
}

stage.addEventListener("click", (event) => {
  if (isDragged()) return;
  const id = drawnAt(event);
  const known = id !== undefined && things[id]?.facts;
  if (known && event.target.closest(".badge")) page.toggle(id);
  else page.choose(known ? id : undefined);
});

stage.addEventListener("dblclick", (event) => {
  const id = drawnAt(event);
  if (id && !event.target.closest(".badge") && things[id]?.facts && canOpen(id)) page.toggle(id);
});

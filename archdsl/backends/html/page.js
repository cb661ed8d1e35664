"use strict";
const stage = document.getElementById("stage");
const canvas = document.getElementById("canvas");
const wires = document.getElementById("wires");
const tip = document.getElementById("tip");
const source = document.getElementById("source");
const edges = JSON.parse(document.getElementById("edges").textContent);
const sideways = document.documentElement.dataset.direction === "LR";
const SVG = "http://www.w3.org/2000/svg";

// --- zoom and pan -----------------------------------------------------------------------------

const view = { x: 0, y: 0, scale: 1 };

function show() {
  canvas.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale})`;
}

function zoom(factor, x = stage.clientWidth / 2, y = stage.clientHeight / 2) {
  const scale = Math.min(8, Math.max(0.02, view.scale * factor));
  view.x = x - ((x - view.x) * scale) / view.scale;
  view.y = y - ((y - view.y) * scale) / view.scale;
  view.scale = scale;
  show();
}

function fit() {
  const { offsetWidth: width, offsetHeight: height } = canvas;
  view.scale = Math.min(1.5, stage.clientWidth / width, stage.clientHeight / height);
  view.x = (stage.clientWidth - width * view.scale) / 2;
  view.y = Math.max(0, (stage.clientHeight - height * view.scale) / 2);
  show();
}

// At first small text is worse than a drawing that goes on below.
function begin() {
  fit();
  if (view.scale >= 0.6) return;
  view.scale = 0.6;
  view.x = (stage.clientWidth - canvas.offsetWidth * view.scale) / 2;
  view.y = 0;
  show();
}

// --- arrows -----------------------------------------------------------------------------------

// Along the flow runs the axis m, across it c: y and x, or x and y from left to right.
const at = (m, c) => (sideways ? `${m},${c}` : `${c},${m}`);

function extent(element) {
  const outer = canvas.getBoundingClientRect();
  const r = element.getBoundingClientRect();
  const x = [r.left - outer.left, r.right - outer.left].map((v) => v / view.scale);
  const y = [r.top - outer.top, r.bottom - outer.top].map((v) => v / view.scale);
  const [m, c] = sideways ? [x, y] : [y, x];
  return { element, m0: m[0], m1: m[1], c0: c[0], c1: c[1], c: (c[0] + c[1]) / 2 };
}

// What stands for a box on the page: itself, or the outermost folded frame around it.
function standing(element) {
  let found = element;
  for (let at = element; at; at = at.parentElement) {
    if (at.classList.contains("folded")) found = at;
  }
  return found;
}

function obstacles() {
  const boxes = canvas.querySelectorAll(".box, .title");
  return [...new Set([...boxes].map(standing))].map(extent);
}

// From a's end to b's beginning as [m, c] points: at once, or across in the gap before b or the
// one after a.
function ways(a, b, between) {
  const last = Math.max(a.m1, ...between.filter((o) => o.m1 < b.m0).map((o) => o.m1)) + 2;
  const first = Math.min(b.m0, ...between.filter((o) => o.m0 > a.m1).map((o) => o.m0)) - 2;
  return [
    [[a.m1, a.c], [b.m0, b.c]],
    [[a.m1, a.c], [last, a.c], [b.m0, b.c]],
    [[a.m1, a.c], [first, b.c], [b.m0, b.c]],
  ];
}

// A place on the piece that `curve` draws between two points.
function point([m0, c0], [m1, c1], t) {
  const along = t * (1.5 - 1.5 * t + t * t);
  const across = t * t * (3 - 2 * t);
  return [m0 + (m1 - m0) * along, c0 + (c1 - c0) * across];
}

function isClear(way, between) {
  for (let i = 1; i < way.length; i++) {
    const looks = Math.min(400, Math.max(16, Math.ceil((way[i][0] - way[i - 1][0]) / 5)));
    for (let look = 0; look <= looks; look++) {
      const [m, c] = point(way[i - 1], way[i], look / looks);
      if (between.some((o) => m > o.m0 - 1 && m < o.m1 + 1 && c > o.c0 - 3 && c < o.c1 + 3)) {
        return false;
      }
    }
  }
  return true;
}

function curve(way) {
  let path = `M${at(...way[0])}`;
  for (let i = 1; i < way.length; i++) {
    const [[m0, c0], [m1, c1]] = [way[i - 1], way[i]];
    const middle = (m0 + m1) / 2;
    path += ` C${at(middle, c0)} ${at(middle, c1)} ${at(m1, c1)}`;
  }
  return path;
}

// Past everything between the two, on a track that no other arrow has.
function detour(a, b, between, tracks) {
  const m0 = (a.m0 + a.m1) / 2;
  const m1 = (b.m0 + b.m1) / 2;
  let c = Math.max(a.c1, b.c1) + 14;
  for (let moved = true; moved; ) {
    moved = false;
    for (const o of between) {
      if (o.m1 > m0 && o.m0 < m1 && o.c0 - 8 < c && o.c1 + 8 > c) {
        c = o.c1 + 12;
        moved = true;
      }
    }
    for (const track of tracks) {
      if (track.m1 > m0 && track.m0 < m1 && Math.abs(track.c - c) < 7) {
        c = track.c + 8;
        moved = true;
      }
    }
  }
  tracks.push({ m0, m1, c });
  const free = (m, from) =>
    !between.some((o) => o.m0 - 2 < m && o.m1 + 2 > m && o.c1 > from && o.c0 < c);
  const leave = a.m1 + 9;
  const enter = b.m0 - 12;
  return rounded([
    ...(free(m0, a.c1) ? [[m0, a.c1], [m0, c]] : [[a.m1, a.c], [leave, a.c], [leave, c]]),
    ...(free(m1, b.c1) ? [[m1, c], [m1, b.c1]] : [[enter, c], [enter, b.c], [b.m0, b.c]]),
  ]);
}

// Straight pieces between [m, c] points, the corners rounded.
function rounded(points) {
  const towards = ([m0, c0], [m1, c1], most) => {
    const length = Math.hypot(m1 - m0, c1 - c0) || 1;
    const part = Math.min(most, length / 2) / length;
    return [m0 + (m1 - m0) * part, c0 + (c1 - c0) * part];
  };
  let path = `M${at(...points[0])}`;
  for (let i = 1; i < points.length - 1; i++) {
    const corner = points[i];
    path += ` L${at(...towards(corner, points[i - 1], 10))}`;
    path += ` Q${at(...corner)} ${at(...towards(corner, points[i + 1], 10))}`;
  }
  return `${path} L${at(...points[points.length - 1])}`;
}

function wire() {
  wires.replaceChildren(arrowhead("flow"), arrowhead("skip"));
  const known = new Map(obstacles().map((o) => [o.element, o]));
  const all = [...known.values()];
  const drawn = new Set();
  const tracks = [];
  for (const [tail, head, kind, shape] of edges) {
    const from = standing(document.getElementById(tail));
    const to = standing(document.getElementById(head));
    const key = `${from.id} ${to.id}`;
    if (from === to || drawn.has(key)) continue;
    drawn.add(key);
    const [a, b] = [known.get(from), known.get(to)];
    const between = all.filter((o) => o !== a && o !== b && o.m1 > a.m0 && o.m0 < b.m1);
    const straight = kind !== "skip" && b.m0 > a.m1;
    const way = straight && ways(a, b, between).find((way) => isClear(way, between));
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", way ? curve(way) : detour(a, b, between, tracks));
    path.setAttribute("class", kind);
    path.setAttribute("marker-end", `url(#${kind === "skip" ? "skip" : "flow"}-head)`);
    wires.append(path);
    if (shape) wires.append(words(shape, a));
  }
}

// Beside an arrow, in the gap behind its tail.
function words(shape, a) {
  const text = document.createElementNS(SVG, "text");
  const [x, y] = sideways ? [a.m1 + 3, a.c - 4] : [a.c + 5, a.m1 + 14];
  text.setAttribute("x", x);
  text.setAttribute("y", y);
  text.textContent = shape;
  return text;
}

function arrowhead(kind) {
  const marker = document.createElementNS(SVG, "marker");
  const attributes = {
    id: `${kind}-head`, class: kind, orient: "auto", viewBox: "0 0 10 8", refX: 10, refY: 4,
    markerWidth: 9, markerHeight: 7, markerUnits: "userSpaceOnUse",
  };
  for (const [name, value] of Object.entries(attributes)) marker.setAttribute(name, value);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", "M0,0 L10,4 L0,8 Z");
  marker.append(path);
  return marker;
}

// --- folding ----------------------------------------------------------------------------------

function fold(frame, folded) {
  frame.classList.toggle("folded", folded);
  frame.querySelector(":scope > .title > .fold").setAttribute("aria-expanded", String(!folded));
}

function foldAll(folded) {
  for (const frame of canvas.querySelectorAll(".frame")) fold(frame, folded);
  wire();
  fit();
}

// The title that was pressed stays where it is on the screen.
function toggle(frame) {
  const before = frame.firstElementChild.getBoundingClientRect();
  fold(frame, !frame.classList.contains("folded"));
  const after = frame.firstElementChild.getBoundingClientRect();
  view.x += before.left + before.width / 2 - after.left - after.width / 2;
  view.y += before.top - after.top;
  show();
  wire();
}

// --- facts and source -------------------------------------------------------------------------

function tell(box, x, y) {
  const facts = box && box.querySelector(":scope > .facts");
  tip.hidden = !facts;
  if (!facts) return;
  const copy = facts.cloneNode(true);
  copy.hidden = false;
  tip.replaceChildren(copy);
  const { offsetWidth: width, offsetHeight: height } = tip;
  tip.style.left = `${Math.max(4, Math.min(x + 14, innerWidth - width - 8))}px`;
  tip.style.top = `${Math.max(4, y + 14 + height > innerHeight ? y - height - 10 : y + 14)}px`;
}

function choose(box) {
  for (const old of document.querySelectorAll(".chosen, .marked")) {
    old.classList.remove("chosen", "marked");
  }
  source.classList.toggle("open", Boolean(box));
  if (!box) return;
  box.classList.add("chosen");
  const { file, first, last } = box.dataset;
  for (let line = Number(first); line <= Number(last); line++) {
    document.getElementById(`s${file}l${line}`).classList.add("marked");
  }
  const line = document.getElementById(`s${file}l${first}`);
  source.scrollTop = line.offsetTop - source.clientHeight / 2;
  reveal(box);
}

// What was chosen stays in sight beside the source.
function reveal(box) {
  const [inner, outer] = [box.getBoundingClientRect(), stage.getBoundingClientRect()];
  const hidden = inner.right + 20 - outer.right;
  if (hidden <= 0) return;
  view.x -= Math.min(hidden, inner.left - outer.left);
  show();
}

const asked = (event) => event.target.closest("#canvas [data-file]");

// --- events -----------------------------------------------------------------------------------

const actions = {
  in: () => zoom(1.25),
  out: () => zoom(0.8),
  fit,
  fold: () => foldAll(true),
  unfold: () => foldAll(false),
};
for (const button of document.querySelectorAll("[data-do]")) {
  button.addEventListener("click", actions[button.dataset.do]);
}

stage.addEventListener(
  "wheel",
  (event) => {
    event.preventDefault();
    const { left, top } = stage.getBoundingClientRect();
    const lines = event.deltaMode === 1 ? 16 : 1;
    zoom(Math.exp(-event.deltaY * lines * 0.0015), event.clientX - left, event.clientY - top);
    tell(null);
  },
  { passive: false },
);

let hold = null;
let dragged = false;
stage.addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  hold = { x: event.clientX - view.x, y: event.clientY - view.y };
  dragged = false;
});
addEventListener("pointermove", (event) => {
  if (!hold) return;
  const [x, y] = [event.clientX - hold.x, event.clientY - hold.y];
  if (!dragged && Math.hypot(x - view.x, y - view.y) < 4) return;
  dragged = true;
  stage.classList.add("held");
  tell(null);
  [view.x, view.y] = [x, y];
  show();
});
for (const end of ["pointerup", "pointercancel"]) {
  addEventListener(end, () => {
    hold = null;
    stage.classList.remove("held");
  });
}

stage.addEventListener("click", (event) => {
  if (dragged) return;
  const button = event.target.closest(".fold");
  if (button) toggle(button.closest(".frame"));
  else choose(asked(event));
});
stage.addEventListener("dblclick", (event) => {
  const title = event.target.closest(".title");
  if (title && !event.target.closest(".fold")) toggle(title.parentElement);
});
canvas.addEventListener("pointerover", (event) => {
  if (!hold) tell(asked(event), event.clientX, event.clientY);
});
canvas.addEventListener("pointerleave", () => tell(null));
canvas.addEventListener("focusin", (event) => {
  const box = asked(event);
  if (!box || !box.matches(":focus-visible")) return;
  const { left, bottom } = box.getBoundingClientRect();
  tell(box, left, bottom);
});
canvas.addEventListener("focusout", () => tell(null));
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "+" || event.key === "=") zoom(1.25);
  else if (event.key === "-") zoom(0.8);
  else if (event.key === "0") fit();
  else if (event.key === "Escape") choose(null);
  else if (event.key === "Enter" && event.target.matches("#canvas [data-file]")) {
    choose(event.target);
  } else if (event.key.startsWith("Arrow") && event.target === stage) {
    if (event.key === "ArrowLeft") view.x += 60;
    if (event.key === "ArrowRight") view.x -= 60;
    if (event.key === "ArrowUp") view.y += 60;
    if (event.key === "ArrowDown") view.y -= 60;
    show();
    event.preventDefault();
  }
});

wire();
begin();

// The diagram: shown, moved, and tied to the lines of the spec.

import { element } from "./dom.js";
import { movable } from "./gestures.js";

const sheet = element("sheet");
const stage = element("diagram");
const view = { x: 0, y: 0, scale: 1, fitted: true };
const MARGIN = 16;
const TOOLS = 44; // pixels above the drawing
const READABLE = 0.6; // of its own size, below which a whole drawing is begun at its top
let picture = null;
let places = {};

export function show({ picture: text, places: known }) {
  const read = new DOMParser().parseFromString(text, "image/svg+xml");
  const [, , width, height] = read.documentElement.getAttribute("viewBox").split(" ").map(Number);
  picture = { width: (width * 4) / 3, height: (height * 4) / 3 }; // points as pixels
  places = known;
  const drawn = document.importNode(read.documentElement, true);
  drawn.setAttribute("width", picture.width);
  drawn.setAttribute("height", picture.height);
  drawn.setAttribute("aria-label", read.querySelector("title")?.textContent ?? "diagram");
  sheet.replaceChildren(drawn);
  if (view.fitted) fit();
  light(lit);
}

// The drawing stays, and says nothing of a text that it is not of.
export function untie() {
  places = {};
  light(null);
}

export function fit() {
  if (!picture || !stage.clientWidth) return;
  const [wide, high] = [stage.clientWidth - 2 * MARGIN, stage.clientHeight - MARGIN - TOOLS];
  const whole = Math.min(wide / picture.width, high / picture.height, 1.15);
  const across = Math.min(wide / picture.width, 1);
  view.scale = whole >= READABLE ? whole : Math.max(whole, Math.min(across, READABLE));
  view.x = Math.max((stage.clientWidth - picture.width * view.scale) / 2, MARGIN);
  view.y = Math.max((stage.clientHeight - picture.height * view.scale) / 2, TOOLS);
  view.fitted = true;
  place();
}

function place() {
  sheet.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale})`;
}

const { zoom, pan, isDragged } = movable(stage, view, {
  show: place,
  spares: (target) => target.closest(".tools"),
});
export { zoom };

// --- the boxes and the lines --------------------------------------------------------------------

const pathsOf = (box) => (box.querySelector(":scope > title")?.textContent ?? "").split(", ");
let lit = null;

// Lights the boxes whose line has a place of the text; of nested ones, the innermost.
export function light(at) {
  lit = at;
  const holding = Object.entries(places).filter(([, [a, b]]) => at !== null && a <= at && at <= b);
  const least = Math.min(...holding.map(([, [a, b]]) => b - a));
  const wanted = new Set(holding.filter(([, [a, b]]) => b - a === least).map(([path]) => path));
  for (const box of sheet.querySelectorAll("g.box")) {
    box.classList.toggle("lit", pathsOf(box).some((path) => wanted.has(path)));
  }
}

export function onChoice(choose) {
  stage.addEventListener("click", (event) => {
    if (isDragged()) return;
    const box = event.target.closest?.("g.box, g.frame");
    const found = box && pathsOf(box).find((path) => path in places);
    if (found) choose(...places[found]);
  });
}

// --- keys ----------------------------------------------------------------------------------------

stage.addEventListener("dblclick", (event) => {
  if (!event.target.closest(".tools")) fit();
});

stage.addEventListener("keydown", (event) => {
  if (event.target !== stage || event.ctrlKey || event.metaKey || event.altKey) return;
  const moves = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
  if (event.key in moves) pan(...moves[event.key]);
  else if (event.key === "+" || event.key === "=") zoom(1.25);
  else if (event.key === "-") zoom(0.8);
  else if (event.key === "0") fit();
  else return;
  event.preventDefault();
});

new ResizeObserver(() => {
  if (view.fitted) fit();
}).observe(stage);

// Which part of the drawing the window shows: fitted to it until the reader moves.

const stage = document.getElementById("stage");
const READABLE = 9; // pixels of letters, below which a whole drawing is shown in part
const COMFORTABLE = 12;
const LARGEST = 18;
const MARGIN = 16;
const view = { x: 0, y: 0, scale: 1, fitted: true };

function show() {
  drawing.setAttribute("transform", `translate(${view.x} ${view.y}) scale(${view.scale})`);
}

function scaleFor({ width, height }) {
  const room = [stage.clientWidth - 2 * MARGIN, stage.clientHeight - 2 * MARGIN];
  return Math.min(room[0] / width, room[1] / height, LARGEST / LETTERS);
}

// All of the drawing.
function fit() {
  view.fitted = true;
  view.scale = scaleFor(page.scene.bounds);
  centre();
  show();
}

// All of it, or its beginning in letters that can be read.
function begin() {
  fit();
  if (view.scale * LETTERS >= READABLE) return;
  const wide = (stage.clientWidth - 2 * MARGIN) / page.scene.bounds.width;
  view.scale = Math.max(READABLE / LETTERS, Math.min(wide, COMFORTABLE / LETTERS));
  centre();
  lookAt(middle(page.scene.boxes[0].at));
  show();
}

// Moves a place to the middle, as far as the drawing goes on beyond the other side.
function lookAt({ x, y }) {
  const { bounds } = page.scene;
  const towards = (now, place, end, room) =>
    Math.min(now, Math.max(room / 2 - place * view.scale, room - MARGIN - end * view.scale));
  view.x = towards(view.x, x, right(bounds), stage.clientWidth);
  view.y = towards(view.y, y, bottom(bounds), stage.clientHeight);
}

// In the middle, or from the beginning where it is larger than the window.
function centre() {
  const { x, y, width, height } = page.scene.bounds;
  const [wide, high] = [width * view.scale, height * view.scale];
  view.x = Math.max((stage.clientWidth - wide) / 2, MARGIN) - x * view.scale;
  view.y = Math.max((stage.clientHeight - high) / 2, MARGIN) - y * view.scale;
}

function zoom(factor, x = stage.clientWidth / 2, y = stage.clientHeight / 2) {
  const scale = Math.min(8, Math.max(0.03, view.scale * factor));
  view.x = x - ((x - view.x) * scale) / view.scale;
  view.y = y - ((y - view.y) * scale) / view.scale;
  view.scale = scale;
  view.fitted = false;
  show();
}

function pan(dx, dy) {
  view.x += dx;
  view.y += dy;
  view.fitted = false;
  show();
}

// Moves no farther than it takes for a rectangle of the drawing to be seen.
function bringIntoSight(r) {
  const edge = MARGIN / 2;
  const span = (from, length, room) => {
    const to = from + length;
    if (from >= edge && to <= room - edge) return 0;
    if (length > room - 2 * edge) return edge - from;
    return from < edge ? edge - from : room - edge - to;
  };
  const dx = span(view.x + r.x * view.scale, r.width * view.scale, stage.clientWidth);
  const dy = span(view.y + r.y * view.scale, r.height * view.scale, stage.clientHeight);
  if (dx || dy) pan(dx, dy);
}

// Letters that can be read, around the middle of a rectangle.
function approach(r) {
  if (view.scale * LETTERS < READABLE) {
    const c = middle(r);
    const [x, y] = [view.x + c.x * view.scale, view.y + c.y * view.scale];
    zoom((READABLE + 2) / LETTERS / view.scale, x, y);
  }
  bringIntoSight(r);
}

new ResizeObserver(() => page.resized()).observe(stage);

// --- pointers: one drags, two zoom ---

const pointers = new Map();
let dragged = false;

function middleOf(points) {
  const [a, b = a] = [...points.values()];
  const { left, top } = stage.getBoundingClientRect();
  return {
    x: (a.x + b.x) / 2 - left,
    y: (a.y + b.y) / 2 - top,
    apart: Math.hypot(a.x - b.x, a.y - b.y),
  };
}

stage.addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  if (pointers.size === 1) dragged = false;
});

addEventListener("pointermove", (event) => {
  if (!pointers.has(event.pointerId)) return;
  const before = middleOf(pointers);
  const old = pointers.get(event.pointerId);
  if (!dragged && Math.hypot(event.clientX - old.x, event.clientY - old.y) < 4) return;
  dragged = true;
  stage.classList.add("held");
  pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  const now = middleOf(pointers);
  pan(now.x - before.x, now.y - before.y);
  if (pointers.size === 2 && before.apart) zoom(now.apart / before.apart, now.x, now.y);
});

for (const end of ["pointerup", "pointercancel"]) {
  addEventListener(end, (event) => {
    pointers.delete(event.pointerId);
    if (!pointers.size) stage.classList.remove("held");
    if (!pointers.size) page.remember();
  });
}

stage.addEventListener(
  "wheel",
  (event) => {
    event.preventDefault();
    const { left, top } = stage.getBoundingClientRect();
    const lines = event.deltaMode === 1 ? 16 : 1;
    const [x, y] = [event.clientX - left, event.clientY - top];
    if (event.shiftKey) pan(-event.deltaY * lines, 0);
    else zoom(Math.exp(-event.deltaY * lines * 0.0015), x, y);
    page.remember();
  },
  { passive: false },
);

// Which part of the drawing the window shows: fitted to it until the reader moves.

const stage = document.getElementById("stage");
const READABLE = 9; // pixels of letters, below which a whole drawing is shown in part
const COMFORTABLE = 12;
const LARGEST = 18;
const MARGIN = 16;
const view = { x: 0, y: 0, scale: 1, fitted: true };
const { zoom, pan, isDragged } = movable(stage, view, { show, rest: () => page.remember() });

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

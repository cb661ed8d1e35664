// Moving what a window shows: one pointer drags, two zoom, the wheel zooms, or pans with Shift.
//
// A script of the diagram's page, and a module of the playground's.

const SMALLEST = 0.03;
const GREATEST = 8;
const STILL = 4; // pixels that a press may move and is a click yet

// Moves `view`, where a drawing lies in `stage`: `{ x, y, scale, fitted }`. `show` is called when it
// has moved, `rest` when a gesture has ended; what `spares` a target is none of a gesture.
function movable(stage, view, { show, rest = () => {}, spares = () => false }) {
  const pointers = new Map();
  let dragged = false;

  function zoom(factor, x = stage.clientWidth / 2, y = stage.clientHeight / 2) {
    const scale = Math.min(GREATEST, Math.max(SMALLEST, view.scale * factor));
    view.x = x - ((x - view.x) * scale) / view.scale;
    view.y = y - ((y - view.y) * scale) / view.scale;
    Object.assign(view, { scale, fitted: false });
    show();
  }

  function pan(dx, dy) {
    Object.assign(view, { x: view.x + dx, y: view.y + dy, fitted: false });
    show();
  }

  function middle() {
    const [a, b = a] = [...pointers.values()];
    const { left, top } = stage.getBoundingClientRect();
    return {
      x: (a.x + b.x) / 2 - left,
      y: (a.y + b.y) / 2 - top,
      apart: Math.hypot(a.x - b.x, a.y - b.y),
    };
  }

  stage.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || spares(event.target)) return;
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (pointers.size === 1) dragged = false;
  });

  addEventListener("pointermove", (event) => {
    const old = pointers.get(event.pointerId);
    if (!old) return;
    if (!dragged && Math.hypot(event.clientX - old.x, event.clientY - old.y) < STILL) return;
    dragged = true;
    stage.classList.add("held");
    const before = middle();
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const now = middle();
    pan(now.x - before.x, now.y - before.y);
    if (pointers.size === 2 && before.apart) zoom(now.apart / before.apart, now.x, now.y);
  });

  for (const end of ["pointerup", "pointercancel"]) {
    addEventListener(end, (event) => {
      pointers.delete(event.pointerId);
      if (pointers.size) return;
      stage.classList.remove("held");
      rest();
    });
  }

  stage.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const { left, top } = stage.getBoundingClientRect();
      const pixels = event.deltaY * (event.deltaMode === 1 ? 16 : 1);
      if (event.shiftKey) pan(-pixels, 0);
      else zoom(Math.exp(-pixels * 0.0015), event.clientX - left, event.clientY - top);
      rest();
    },
    { passive: false },
  );

  return { zoom, pan, isDragged: () => dragged };
}

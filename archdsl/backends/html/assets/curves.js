// Curves of arrows whose ends and surroundings have moved.

const LOOKS = 4; // at each piece of a curve, before it is looked at closer
const DEEPEST = 10;
const EXACT = 0.4;
const PLAIN = 1.5; // so far from a straight line is straight
const BEND = 14; // radius
const STRAIGHT = 8; // so far from a straight line an arrow was meant to be one

function pointsOf(numbers) {
  const points = [];
  for (let at = 0; at < numbers.length; at += 2) points.push([numbers[at], numbers[at + 1]]);
  return points;
}

// How far a curve reaches, by places on it: its control points may lie outside that.
function reachOf(points) {
  const places = [points[0]];
  for (let piece = 0; piece + 3 < points.length; piece += 3) {
    const curve = points.slice(piece, piece + 4);
    for (let look = 1; look <= 2 * LOOKS; look++) places.push(pointOf(curve, look / (2 * LOOKS)));
  }
  return aroundAll(places.map(([x, y]) => ({ x, y, width: 0, height: 0 })));
}

// Places from the first on that is not in a box.
function outside(points, box) {
  const first = points.findIndex(([x, y]) => !within({ x, y }, box));
  return first < 0 ? [] : points.slice(first);
}

const near = (a, b) => Math.abs(a - b) < 0.1;

// Where a Bézier curve runs when its places are moved, as points of straight pieces: more of them
// where it is bent anew. So it leaves no room between boxes for another.
function bent(points, place) {
  const found = [];
  const pieces = (points.length - 1) / 3;
  for (let piece = 0; piece < pieces; piece++) {
    const curve = points.slice(3 * piece, 3 * piece + 4);
    const at = (t) => place(pointOf(curve, t), (piece + t) / pieces);
    for (let look = 0; look < LOOKS; look++) {
      const [from, to] = [look / LOOKS, (look + 1) / LOOKS];
      found.push(...split(at, from, at(from), to, at(to), 0));
    }
  }
  return found;
}

// The end of a piece of a curve, and before it the ends of its parts if it is not straight.
function split(at, from, start, to, end, depth) {
  const half = (from + to) / 2;
  const place = at(half);
  const off = Math.hypot(place[0] - (start[0] + end[0]) / 2, place[1] - (start[1] + end[1]) / 2);
  if (depth === DEEPEST || (off < EXACT && depth > 1)) return [end];
  return [
    ...split(at, from, start, half, place, depth + 1),
    ...split(at, half, place, to, end, depth + 1),
  ];
}

function pointOf([a, b, c, d], t) {
  const u = 1 - t;
  const part = (k) => u ** 3 * a[k] + 3 * u * u * t * b[k] + 3 * u * t * t * c[k] + t ** 3 * d[k];
  return [part(0), part(1)];
}

// Fewer points, none of those left out farther than that from the straight lines between the rest.
function plain(points, apart = PLAIN) {
  const [start, end] = [points[0], points.at(-1)];
  let [most, far] = [apart, 0];
  for (let at = 1; at < points.length - 1; at++) {
    const off = distance(points[at], start, end);
    if (off > most) [most, far] = [off, at];
  }
  if (!far) return [start, end];
  const parts = [points.slice(0, far + 1), points.slice(far)].map((part) => plain(part, apart));
  return [...parts[0].slice(0, -1), ...parts[1]];
}

// Whether a straight line passes through a rectangle.
function passes([x0, y0], [x1, y1], r) {
  const steps = Math.ceil(Math.hypot(x1 - x0, y1 - y0) / 3);
  const at = (step) => ({ x: x0 + ((x1 - x0) * step) / steps, y: y0 + ((y1 - y0) * step) / steps });
  return Array.from({ length: steps + 1 }, (_, step) => at(step)).some((p) => within(p, r));
}

function distance([x, y], [x0, y0], [x1, y1]) {
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (!length) return Math.hypot(x - x0, y - y0);
  return Math.abs((x1 - x0) * (y0 - y) - (x0 - x) * (y1 - y0)) / length;
}

// Straight pieces with round bends, as the points of a Bézier curve.
function rounded(points) {
  const towards = (from, to) => {
    const length = Math.hypot(to[0] - from[0], to[1] - from[1]) || 1;
    const part = Math.min(BEND, length / 2) / length;
    return [from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part];
  };
  const found = [points[0]];
  for (let at = 1; at < points.length - 1; at++) {
    const [into, out] = [towards(points[at], points[at - 1]), towards(points[at], points[at + 1])];
    found.push(found.at(-1), into, into, points[at], points[at], out);
  }
  return [...found, found.at(-1), points.at(-1), points.at(-1)];
}

// A point at the border of a box, at the same side of the box as it is now.
function attached([x, y], before, now) {
  const [from, to] = [middle(before), middle(now)];
  const aside = (by, half) => Math.max(-Math.max(half - 5, 0), Math.min(Math.max(half - 5, 0), by));
  const across = to.x + aside(x - from.x, now.width / 2);
  const down = to.y + aside(y - from.y, now.height / 2);
  if (y >= bottom(before) - 1.5) return [across, bottom(now) + y - bottom(before)];
  if (y <= before.y + 1.5) return [across, now.y + y - before.y];
  if (x >= from.x) return [right(now) + x - right(before), down];
  return [now.x + x - before.x, down];
}

const shifted = ([x, y], [x0, y0], [x1, y1]) => [x + x1 - x0, y + y1 - y0];

// Sheets and what is open in them → a scene: every rectangle, curve and word at its place.
//
// A block opens where it stands. Its column grows by what the inside needs, columns and insets
// beside it make room, and nothing else moves.

const LOOKS = 4; // at each piece of a curve, before it is looked at closer
const DEEPEST = 10;
const EXACT = 0.4;
const PLAIN = 1.5; // so far from a straight line is straight
const BEND = 14; // radius
const RIM = 2.5; // of a box that grows by its inner part: an arrow that touches it stays near it
const APART = 9; // what given-back room leaves around things
const rectangle = ([x, y, width, height]) => ({ x, y, width, height });
const middle = (r) => ({ x: r.x + r.width / 2, y: r.y + r.height / 2 });
const right = (r) => r.x + r.width;
const bottom = (r) => r.y + r.height;

function around_all(rectangles) {
  const x = Math.min(...rectangles.map((r) => r.x));
  const y = Math.min(...rectangles.map((r) => r.y));
  return {
    x, y,
    width: Math.max(...rectangles.map(right)) - x,
    height: Math.max(...rectangles.map(bottom)) - y,
  };
}

// `state`: `opened` blocks and `shut` frames, by id.
function sceneOf(sheet, state) {
  const scene = { frames: [], titles: [], wires: [], boxes: [], words: [] };
  new Sheet(sheet, state).draw(scene, { x: 0, y: 0 });
  const all = [...scene.frames, ...scene.boxes, ...scene.words].map((part) => part.at);
  for (const { points } of scene.wires) {
    all.push(...points.map(([x, y]) => ({ x, y, width: 0, height: 0 })));
  }
  return { ...scene, bounds: around_all(all) };
}

class Sheet {
  constructor(sheet, state) {
    this.sheet = sheet;
    this.state = state;
    this.hidden = new Map(); // what a shut frame holds, and the outermost such frame
    this.closed = (id) => state.shut.has(id) && sheet.frames[id].length === 1;
    for (const id of Object.keys(sheet.frames)) {
      if (this.closed(id) && !this.hidden.has(id)) this.hide(id, id);
    }
    this.inner = new Map();
    for (const id of Object.keys(sheet.boxes)) {
      if (!this.hidden.has(id) && state.opened.has(id) && id in insides) {
        this.inner.set(id, new Sheet(insides[id], state));
      }
    }
    this.shut = Object.keys(sheet.frames).filter((id) => this.closed(id) && !this.hidden.has(id));
    this.partOf = new Map(sheet.parts.flatMap((ids, part) => ids.map((id) => [id, part])));
    this.parts = sheet.parts.map((ids, part) => this.grownPart(ids, part));
    this.arrange();
  }

  hide(frame, by) {
    for (const id of things[frame].holds) {
      this.hidden.set(id, by);
      if (things[id].holds) this.hide(id, by);
    }
  }

  // The outer frame of an inside, after everything in it has been opened.
  get size() {
    const { width, height } = this.outer;
    return { width, height };
  }

  // From its title to what says what leaves; from border to border where more stands beside those.
  get outer() {
    const [id] = Object.keys(this.sheet.frames);
    const [frame] = this.frame(id);
    const bars = [things[id].holds[0], things[id].holds.at(-1)].filter((bar) => this.isAlone(bar));
    const [start, end] = network.upright ? ["y", bottom] : ["x", right];
    const places = bars.map((bar) => this.box(bar));
    const middleOf = frame[start] + (end(frame) - frame[start]) / 2;
    const first = places.find((r) => r[start] < middleOf)?.[start] ?? frame[start];
    const far = places.filter((r) => r[start] >= middleOf).map(end);
    const last = far[0] ?? end(frame);
    return network.upright
      ? { ...frame, y: first, height: last - first }
      : { ...frame, x: first, width: last - first };
  }

  // Whether nothing stands beside a box across the flow.
  isAlone(id) {
    const [start, end] = network.upright ? ["y", bottom] : ["x", right];
    const own = this.box0(id);
    const others = Object.keys(this.sheet.boxes).filter((other) => other !== id);
    return others.every((other) => {
      const r = this.box0(other);
      return end(r) <= own[start] || r[start] >= end(own);
    });
  }

  // --- one part: a column, an inset or an inside ---

  box0(id) {
    return rectangle(this.sheet.boxes[id]);
  }

  // Where a shut frame's box stands before anything moves: at the beginning of the frame.
  shut0(id) {
    const frame = rectangle(this.sheet.frames[id][0]);
    const [width, height] = things[id].size;
    const c = middle(frame);
    return network.upright
      ? { x: c.x - width / 2, y: frame.y, width, height }
      : { x: frame.x, y: c.y - height / 2, width, height };
  }

  piecesIn(part) {
    const found = [];
    for (const [id, pieces] of Object.entries(this.sheet.frames)) {
      pieces.forEach((sides, at) => {
        if (this.pieceParts(id)[at] === part) found.push({ id, at, frame: rectangle(sides) });
      });
    }
    return found;
  }

  // The part in which each piece of a frame stands; none for an inset of several columns.
  pieceParts(frame) {
    const ids = this.held(frame);
    return this.sheet.frames[frame].map((sides) => {
      const piece = rectangle(sides);
      const inside = (id) => within(middle(this.box0(id)), piece);
      const parts = new Set(ids.filter(inside).map((id) => this.partOf.get(id)));
      return parts.size === 1 ? [...parts][0] : undefined;
    });
  }

  held(frame) {
    return things[frame].holds.flatMap((id) => (things[id].holds ? this.held(id) : [id]));
  }

  grownPart(ids, part) {
    const pieces = this.piecesIn(part);
    const seen = ids.filter((id) => !this.hidden.has(id));
    const wires = this.sheet.wires.filter((wire) => this.partOf.get(wire.tail) === part);
    const words = wires.filter((wire) => wire.words && !this.hidden.has(wire.tail));
    const own = wires.filter((wire) => this.partOf.get(wire.head) === part);
    const rects = [
      ...ids.map((id) => this.box0(id)),
      ...pieces.map(({ frame }) => frame),
      ...own.flatMap((wire) => pointsOf(wire.curve).map(([x, y]) => ({ x, y, width: 0, height: 0 }))),
      ...wires.filter((wire) => wire.words).map((wire) => ofWords(wire.words, "middle")),
    ];
    const room = around_all(rects);
    const grown = [...this.inner]
      .filter(([id]) => this.partOf.get(id) === part)
      .map(([id, sheet]) => ({ at: this.box0(id), ...sheet.size }));
    const shut = pieces.filter(({ id }) => this.shut.includes(id));
    const kept = [
      ...seen.map((id) => this.box0(id)),
      ...words.map((wire) => ofWords(wire.words, "middle")),
      ...shut.map(({ id }) => this.shut0(id)),
    ];
    const open = pieces.filter(({ id }) => !this.hidden.has(id) && !this.shut.includes(id));
    const edges = { x: open.flatMap(({ frame: f }) => [f.x, right(f)]), y: open.flatMap(({ frame: f }) => [f.y, bottom(f)]) };
    const free = shut.map(({ frame }) => frame);
    grown.push(...shut.map(({ id, frame }) => ({ at: frame, width: things[id].size[0], height: things[id].size[1] })));
    const x = axis(
      grown.map((g) => [g.at.x + RIM, right(g.at) - RIM, g.width - 2 * RIM]),
      free.map((f) => [f.x, right(f)]),
      [...kept.map((r) => [r.x - APART, right(r) + APART]), ...edges.x.map((v) => [v - APART, v + APART])],
    );
    const y = axis(
      grown.map((g) => [g.at.y + RIM, bottom(g.at) - RIM, g.height - 2 * RIM]),
      free.map((f) => [f.y, bottom(f)]),
      [...kept.map((r) => [r.y, bottom(r)]), ...edges.y.map((v) => [v - APART, v + APART])],
    );
    return { room, x, y, dx: 0, dy: 0 };
  }

  // --- the parts among each other: what stands right of another stays right of it, what is below
  // it and not beside it stays below; as far away as before ---

  arrange() {
    const aside = (a, b) => right(a.room) <= b.room.x;
    const below = (a, b) => bottom(a.room) <= b.room.y && !aside(a, b) && !aside(b, a);
    const byX = [...this.parts].sort((a, b) => a.room.x - b.room.x);
    const byY = [...this.parts].sort((a, b) => a.room.y - b.room.y);
    for (const part of byX) {
      const pushed = byX.filter((a) => aside(a, part)).map((a) => a.x(right(a.room)) + a.dx - right(a.room));
      part.dx = pushed.length ? Math.max(...pushed) : 0;
    }
    for (const part of byY) {
      const pushed = byY.filter((a) => below(a, part)).map((a) => a.y(bottom(a.room)) + a.dy - bottom(a.room));
      part.dy = pushed.length ? Math.max(...pushed) : 0;
    }
  }

  // --- where things are now ---

  mapOf(id) {
    return this.parts[this.partOf.get(id)];
  }

  place(map, x, y) {
    return { x: map.x(x) + map.dx, y: map.y(y) + map.dy };
  }

  // What keeps its size, around its middle.
  rigid(map, r) {
    const c = this.place(map, middle(r).x, middle(r).y);
    return { x: c.x - r.width / 2, y: c.y - r.height / 2, width: r.width, height: r.height };
  }

  elastic(map, r) {
    const [from, to] = [this.place(map, r.x, r.y), this.place(map, right(r), bottom(r))];
    return { x: from.x, y: from.y, width: to.x - from.x, height: to.y - from.y };
  }

  box(id) {
    if (this.shut.includes(id)) {
      const map = this.mapOf(this.held(id)[0]);
      return this.rigid(map, this.shut0(id));
    }
    const before = this.box0(id);
    if (!this.inner.has(id)) return this.rigid(this.mapOf(id), before);
    const c = middle(this.elastic(this.mapOf(id), before));
    const { width, height } = this.inner.get(id).size;
    return { x: c.x - width / 2, y: c.y - height / 2, width, height };
  }

  frame(id) {
    const parts = this.pieceParts(id);
    return this.sheet.frames[id].map((sides, at) =>
      parts[at] === undefined
        ? this.grownAround(id, rectangle(sides))
        : this.elastic(this.parts[parts[at]], rectangle(sides)),
    );
  }

  // A frame around several columns keeps its distances from them.
  grownAround(id, frame) {
    const own = [...new Set(this.held(id).map((held) => this.mapOf(held)))];
    const before = around_all(own.map(({ room }) => room));
    const now = around_all(own.map((part) => this.elastic(part, part.room)));
    return {
      x: now.x + frame.x - before.x,
      y: now.y + frame.y - before.y,
      width: now.width + frame.width - before.width,
      height: now.height + frame.height - before.height,
    };
  }

  wire(wire) {
    const [tail, head] = [wire.tail, wire.head].map((id) => this.hidden.get(id) ?? id);
    if (tail === head) return undefined;
    const points = pointsOf(wire.curve);
    const maps = [this.mapOf(wire.tail), this.mapOf(wire.head)];
    const start = attached(points[0], this.box0(wire.tail), this.box(tail));
    const tip = attached(wire.tip, this.box0(wire.head), this.box(head));
    const end = shifted(points.at(-1), wire.tip, tip);
    const place = (point, part) => this.between(maps, point, part < 0.5 ? 0 : 1);
    const middles = points.slice(1, -1).map((point, at) => place(point, (at + 1) / points.length));
    const placed = [start, ...middles, end];
    const moves = placed.map(([x, y], at) => [x - points[at][0], y - points[at][1]]);
    const alike = ([x, y]) => near(x, moves[0][0]) && near(y, moves[0][1]);
    const asOne = maps[0] !== maps[1] || moves.every(alike);
    const way = asOne ? [] : [place(points[0], 0), ...bent(points, place)];
    const clear = outside(outside(way, this.box(tail)).reverse(), this.box(head)).reverse();
    const curve = asOne ? placed : rounded(plain([start, ...clear, end]));
    const words = wire.words && !this.hidden.has(wire.tail) ? this.beside(wire, points[0], start) : undefined;
    return { tail, head, kind: wire.kind, points: curve, tip, words };
  }

  // A point of an arrow; from column to column it runs in the gutter before the second.
  between([tail, head], [x, y], end) {
    const { room } = tail;
    const [ends, gutter] = [[tail, head][end], (from, to, at) => (at >= from && at <= to ? tail : head)];
    const [mx, my] = network.upright
      ? [gutter(room.x, right(room), x), ends]
      : [ends, gutter(room.y, bottom(room), y)];
    return [mx.x(x) + mx.dx, my.y(y) + my.dy];
  }

  // The words beside an arrow stay beside its beginning.
  beside(wire, [x, y], [nowX, nowY]) {
    const r = ofWords(wire.words, "middle");
    return { text: wire.words[0], at: { ...r, x: r.x + nowX - x, y: r.y + nowY - y } };
  }

  draw(scene, by) {
    const put = (r) => ({ ...r, x: r.x + by.x, y: r.y + by.y });
    const shift = ([x, y]) => [x + by.x, y + by.y];
    for (const id of Object.keys(this.sheet.frames)) {
      if (this.hidden.has(id) || this.shut.includes(id)) continue;
      const pieces = things[id].role === "inset" && home.has(id) ? [this.outer] : this.frame(id);
      pieces.forEach((at, piece) => scene.frames.push({ id, piece, at: put(at) }));
    }
    for (const [frame, words] of this.sheet.titles) {
      if (this.hidden.has(frame) || this.shut.includes(frame)) continue;
      const r = ofWords(words, "start");
      const part = this.parts.find(({ room }) => within(middle(r), room)) ?? this.mapOf(this.held(frame)[0]);
      scene.titles.push({ text: words[0], at: put(this.rigid(part, r)) });
    }
    for (const wire of this.sheet.wires) {
      if (!(wire.tail in this.sheet.boxes && wire.head in this.sheet.boxes)) continue;
      const drawn = this.wire(wire);
      if (!drawn) continue;
      scene.wires.push({ ...drawn, points: drawn.points.map(shift), tip: shift(drawn.tip) });
      if (drawn.words) scene.words.push({ text: drawn.words.text, at: put(drawn.words.at) });
    }
    for (const id of [...Object.keys(this.sheet.boxes), ...this.shut]) {
      if (this.hidden.has(id)) continue;
      const at = put(this.barred(id, this.box(id)));
      const inner = this.inner.get(id);
      if (!inner) scene.boxes.push({ id, at });
      else inner.draw(scene, { x: at.x - inner.outer.x, y: at.y - inner.outer.y });
    }
  }

  // The title and the end of an inside reach from border to border.
  barred(id, r) {
    if (!home.has(id) || frameOf.get(id) === undefined) return r;
    const frame = frameOf.get(id);
    if (things[frame].role !== "inset") return r;
    const { holds } = things[frame];
    if ((id !== holds[0] && id !== holds.at(-1)) || !this.isAlone(id)) return r;
    const { outer } = this;
    return network.upright
      ? { ...r, x: outer.x, width: outer.width }
      : { ...r, y: outer.y, height: outer.height };
  }
}

const within = (p, r) => p.x >= r.x && p.x <= right(r) && p.y >= r.y && p.y <= bottom(r);

function pointsOf(numbers) {
  const points = [];
  for (let at = 0; at < numbers.length; at += 2) points.push([numbers[at], numbers[at + 1]]);
  return points;
}

function ofWords([, x, y, width], anchor) {
  return { x: anchor === "middle" ? x - width / 2 : x, y: y - 9, width, height: 12 };
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
function plain(points) {
  const [start, end] = [points[0], points.at(-1)];
  let [most, far] = [PLAIN, 0];
  for (let at = 1; at < points.length - 1; at++) {
    const off = distance(points[at], start, end);
    if (off > most) [most, far] = [off, at];
  }
  if (!far) return [start, end];
  return [...plain(points.slice(0, far + 1)).slice(0, -1), ...plain(points.slice(far))];
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

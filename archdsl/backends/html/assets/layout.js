// Sheets and what is open in them → a scene: every rectangle, curve and word at its place.
//
// A block opens where it stands. Its column grows by what the inside needs, columns and insets
// beside it make room, and nothing else moves.

const RIM = 2.5; // of a box that grows by its inner part: an arrow that touches it stays near it
const APART = 9; // what given-back room leaves around things
const rectangle = ([x, y, width, height]) => ({ x, y, width, height });
const middle = (r) => ({ x: r.x + r.width / 2, y: r.y + r.height / 2 });
const right = (r) => r.x + r.width;
const bottom = (r) => r.y + r.height;
const wider = ({ x, y, width, height }, by) =>
  rectangle([x - by, y - by, width + 2 * by, height + 2 * by]);

function aroundAll(rectangles) {
  const x = Math.min(...rectangles.map((r) => r.x));
  const y = Math.min(...rectangles.map((r) => r.y));
  return {
    x,
    y,
    width: Math.max(...rectangles.map(right)) - x,
    height: Math.max(...rectangles.map(bottom)) - y,
  };
}

// `state`: `opened` blocks and `shut` frames, by id.
function sceneOf(sheet, state) {
  const scene = { frames: [], titles: [], wires: [], boxes: [], words: [] };
  new Sheet(sheet, state).draw(scene, { x: 0, y: 0 });
  const all = [...scene.frames, ...scene.boxes, ...scene.words].map((part) => part.at);
  all.push(...scene.wires.map(({ points }) => reachOf(points)));
  return { ...scene, bounds: aroundAll(all) };
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

  // The words at the end of an inside.
  get last() {
    const [id] = Object.keys(this.sheet.frames);
    return caption(things[id].holds.at(-1));
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

  // How a part grows along both axes: by what is open in it, less what its shut frames give back.
  grownPart(ids, part) {
    const pieces = this.piecesIn(part);
    const shut = pieces.filter(({ id }) => this.shut.includes(id));
    const open = pieces.filter(({ id }) => !this.hidden.has(id) && !this.shut.includes(id));
    const grown = [...this.inner]
      .filter(([id]) => this.partOf.get(id) === part)
      .map(([id, sheet]) => ({ at: this.box0(id), ...sheet.size }));
    for (const { id, frame } of shut) {
      const [width, height] = things[id].size;
      grown.push({ at: frame, width, height });
    }
    const free = shut.map(({ frame }) => frame);
    const kept = this.kept(ids, part, shut);
    const along = (start, length, apart) =>
      axis(
        grown.map(({ at, [length]: now }) => [
          at[start] + RIM,
          at[start] + at[length] - RIM,
          now - 2 * RIM,
        ]),
        free.map((f) => [f[start], f[start] + f[length]]),
        [
          ...kept.map((r) => [r[start] - apart, r[start] + r[length] + apart]),
          ...open
            .flatMap(({ frame: f }) => [f[start], f[start] + f[length]])
            .map((edge) => [edge - APART, edge + APART]),
        ],
      );
    const room = this.room(ids, part, pieces);
    return { room, x: along("x", "width", APART), y: along("y", "height", 0), dx: 0, dy: 0 };
  }

  // What is seen of a part and keeps its size.
  kept(ids, part, shut) {
    const seen = (id) => !this.hidden.has(id);
    return [
      ...ids.filter(seen).map((id) => this.box0(id)),
      ...this.words(part, seen),
      ...shut.map(({ id }) => this.shut0(id)),
    ];
  }

  words(part, seen) {
    return this.sheet.wires
      .filter(({ tail, words }) => words && this.partOf.get(tail) === part && seen(tail))
      .map((wire) => ofWords(wire.words, "middle"));
  }

  // All that a part takes before anything in it is opened or shut.
  room(ids, part, pieces) {
    const own = ({ tail, head }) => [tail, head].every((id) => this.partOf.get(id) === part);
    const curves = this.sheet.wires.filter(own).map(({ curve }) => pointsOf(curve));
    return aroundAll([
      ...ids.map((id) => this.box0(id)),
      ...pieces.map(({ frame }) => frame),
      ...curves.map(reachOf),
      ...this.words(part, () => true),
    ]);
  }

  // --- the parts among each other: what stands right of another stays right of it, what is below
  // it and not beside it stays below; as far away as before ---

  arrange() {
    const aside = (a, b) => right(a.room) <= b.room.x;
    const below = (a, b) => bottom(a.room) <= b.room.y && !aside(a, b) && !aside(b, a);
    const byX = [...this.parts].sort((a, b) => a.room.x - b.room.x);
    const byY = [...this.parts].sort((a, b) => a.room.y - b.room.y);
    const most = (moves) => (moves.length ? Math.max(...moves) : 0);
    const grownX = (a) => a.x(right(a.room)) + a.dx - right(a.room);
    const grownY = (a) => a.y(bottom(a.room)) + a.dy - bottom(a.room);
    for (const part of byX) part.dx = most(byX.filter((a) => aside(a, part)).map(grownX));
    for (const part of byY) part.dy = most(byY.filter((a) => below(a, part)).map(grownY));
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
    const before = aroundAll(own.map(({ room }) => room));
    const now = aroundAll(own.map((part) => this.elastic(part, part.room)));
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
    const straight = !asOne && this.isFree(points, start, end, [tail, head]);
    const curve = asOne ? placed : rounded(straight ? [start, end] : plain([start, ...clear, end]));
    const twice = this.inner.get(tail)?.last === wire.words?.[0];
    const told = wire.words && !this.hidden.has(wire.tail) && !twice;
    const words = told ? this.beside(wire, points[0], start) : undefined;
    return { tail, head, kind: wire.kind, points: curve, tip, words };
  }

  // Whether an arrow that was about straight has room to be straight again.
  isFree(points, start, end, own) {
    if (plain(points, STRAIGHT).length > 2) return false;
    const boxes = Object.keys(this.sheet.boxes).filter((id) => !this.hidden.has(id));
    return [...boxes, ...this.shut].every((id) => {
      const rim = own.includes(id) ? -1 : 5;
      return !passes(start, end, wider(this.box(id), rim));
    });
  }

  // A point of an arrow; from column to column it runs in the gutter before the second.
  between([tail, head], [x, y], end) {
    const { room } = tail;
    const ends = [tail, head][end];
    const gutter = (from, to, at) => (at >= from && at <= to ? tail : head);
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
      const around = this.parts.find(({ room }) => within(middle(r), room));
      const part = around ?? this.mapOf(this.held(frame)[0]);
      const start = this.place(part, r.x, middle(r).y); // lines of a title begin at one edge
      scene.titles.push({ text: words[0], at: put({ ...r, ...start, y: start.y - r.height / 2 }) });
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

function ofWords([, x, y, width], anchor) {
  return { x: anchor === "middle" ? x - width / 2 : x, y: y - 9, width, height: 12 };
}

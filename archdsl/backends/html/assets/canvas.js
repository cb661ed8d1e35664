// A scene → elements of SVG, in the colours of the style sheet.

const SVG = "http://www.w3.org/2000/svg";
const LETTERS = 10.5;
const BARB = 2.3; // half of an arrow's tip
const canvas = document.getElementById("canvas");
const drawing = document.getElementById("view");

function element(name, attributes = {}, ...inside) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(key, value);
  }
  made.append(...inside);
  return made;
}

const tenth = (value) => Math.round(value * 10) / 10;

function drawScene(scene, look) {
  const frames = scene.frames.map((frame) => frameElement(frame));
  const wires = scene.wires.map((wire) => wireElement(wire));
  const boxes = scene.boxes.map((box) => boxElement(box, look));
  const titles = scene.titles.map(({ text, at }) => line(text, at.x, at.y + 9, at.width, "title"));
  const words = scene.words.map(({ text, at }) =>
    line(text, at.x + at.width / 2, at.y + 9, at.width, "words"),
  );
  const layers = { frames, wires, boxes, words: [...titles, ...words] };
  drawing.replaceChildren(
    ...Object.entries(layers).map(([name, parts]) => element("g", { class: name }, ...parts)),
  );
}

const sides = ({ x, y, width, height }) => ({
  x: tenth(x),
  y: tenth(y),
  width: tenth(width),
  height: tenth(height),
});

function frameElement({ id, piece, at }) {
  const thing = things[id];
  const kind = thing.role === "inset" && !home.has(id) ? "inset" : "frame";
  const rect = element("rect", { ...sides(at), rx: 5 });
  const group = element("g", { class: kind, "data-id": told(id) ?? id }, rect);
  group.classList.toggle("dashed", Boolean(thing.dashed));
  group.classList.toggle("inside", home.get(id) !== undefined && thing.role === "inset");
  const headed = (thing.holds ?? []).some((held) => titled.get(held) === id);
  if (piece === 0 && !headed && doorOf(id)) group.append(badge(at, false));
  return group;
}

function wireElement({ tail, head, kind, points, tip }) {
  const [start, ...rest] = points.map(([x, y]) => `${tenth(x)} ${tenth(y)}`);
  const path = element("path", { d: `M${start}C${rest.join(" ")}` });
  const barb = element("polygon", { points: barbed(points.at(-1), tip) });
  return element("g", { class: `wire ${kind}`, "data-tail": tail, "data-head": head }, path, barb);
}

function barbed([x, y], [tipX, tipY]) {
  const length = Math.hypot(tipX - x, tipY - y) || 1;
  const [dx, dy] = [((y - tipY) / length) * BARB, ((tipX - x) / length) * BARB];
  const corners = [
    [x + dx, y + dy],
    [tipX, tipY],
    [x - dx, y - dy],
  ];
  return corners.map((corner) => corner.map(tenth).join(",")).join(" ");
}

function boxElement({ id, at }, { heat, opened }) {
  const thing = things[id];
  const subject = told(id);
  const facts = subject && things[subject].facts;
  const header = thing.role === "header";
  const end = isEnd(id);
  const group = element("g", { class: `box ${thing.role}`, "data-id": subject ?? id });
  const tint = tintOf(thing, facts, heat, end);
  paint(group, tint);
  if (end) group.classList.add("end");
  group.classList.toggle("dashed", Boolean(thing.dashed));
  group.classList.toggle("bare", header && tint === "header");
  const rx = Math.min(thing.radius ?? 4, at.height / 2);
  group.append(element("title", {}, facts ? facts.path : caption(id)));
  group.append(element("rect", { ...sides(at), rx }));
  linesOf(id, facts, heat, at).forEach((words) => group.append(words));
  const door = doorOf(id);
  if (door) group.append(badge(at, !header && !opened.has(id)));
  if (facts) {
    group.setAttribute("role", "button");
    group.setAttribute("aria-label", `${facts.path}: ${caption(id)}`);
  }
  return group;
}

function paint(made, tint) {
  for (const part of ["", "-line", "-ink"]) {
    made.style.setProperty(`--box${part}`, `var(--${tint}${part})`);
  }
}

function tintOf(thing, facts, heat, end) {
  if (end) return "header";
  if (heat && facts) return `share${facts.shares[HEATS.indexOf(heat)][0]}`;
  if (heat && thing.kind !== "mistake") return "share0";
  return thing.role === "header" ? "header" : thing.kind;
}

// The lines of a box, in the middle of it; with heat, the share in the place of the figures.
function linesOf(id, facts, heat, at) {
  const thing = things[id];
  const lines = thing.lines;
  const figures = thing.figures || things[told(id)]?.figures;
  const free = thing.size ? 0 : (at.height - heightOf(id)) / 2;
  return lines.map(([text, x, y, width], index) => {
    const shown = heat && facts ? withShare(text, figures, facts, heat) : text;
    const bold = thing.role === "header" && index === 0 ? "bold" : undefined;
    const wide = shown === text ? width : undefined;
    return line(shown, at.x + at.width / 2 + x, at.y + y + free, wide, bold);
  });
}

function withShare(text, figures, { shares }, heat) {
  if (!figures || !text.endsWith(figures)) return text;
  const share = shares[HEATS.indexOf(heat)][1];
  const noun = { params: "params", macs: "MACs", memory: "memory" }[heat];
  const room = figures.length;
  const words = `${share} of ${noun}`;
  return text.slice(0, -figures.length) + (words.length <= room ? words : share);
}

function heightOf(id) {
  const owner = home.get(id);
  const sheets = owner ? [insides[owner]] : [network.tall];
  return sheets[0].boxes[id]?.[3] ?? 0;
}

function line(text, x, y, width, kind) {
  const length = width ? { textLength: tenth(width), lengthAdjust: "spacingAndGlyphs" } : {};
  return element("text", { x: tenth(x), y: tenth(y), class: kind, ...length }, text);
}

// A mark at the corner of what can be opened or closed.
function badge(at, closed) {
  const [x, y, r] = [at.x + at.width - 1, at.y + 1, 5.2];
  const cross = closed ? `M${x - 2.6} ${y}h5.2M${x} ${y - 2.6}v5.2` : `M${x - 2.6} ${y}h5.2`;
  return element(
    "g",
    { class: "badge" },
    element("title", {}, closed ? "open this block (Enter)" : "close this block (Enter)"),
    element("circle", { cx: tenth(x), cy: tenth(y), r, class: "mark" }),
    element("circle", { cx: tenth(x), cy: tenth(y), r: 12, class: "target" }),
    element("path", { d: cross }),
  );
}

// What a press on the mark of a drawn thing opens or closes: a block or a frame.
function doorOf(id) {
  if (id in insides) return id;
  if (things[id].role === "frame") return canShut(id) ? id : undefined;
  const frame = titled.get(id);
  if (frame === undefined) return undefined;
  if (things[frame].role === "inset") return home.get(frame);
  return canShut(frame) ? frame : undefined;
}

// A frame that goes on in another column stays open.
function canShut(frame) {
  const sheet = home.has(frame) ? insides[home.get(frame)] : page.sheet;
  return Boolean(things[frame].size) && sheet.frames[frame].length === 1;
}

// What the page was told, and how its parts belong together.

const network = JSON.parse(document.getElementById("data").textContent);
const { things, insides } = network;
const HEATS = Object.keys(network.heats);

// The closed block in whose inside a thing stands; none for those of the figure itself.
const home = new Map();
for (const [owner, sheet] of Object.entries(insides)) {
  for (const id of [...Object.keys(sheet.boxes), ...Object.keys(sheet.frames)]) home.set(id, owner);
}

// The frame around a thing, and the frame whose title a box is.
const frameOf = new Map();
const titled = new Map();
for (const [id, thing] of Object.entries(things)) {
  for (const held of thing.holds ?? []) {
    frameOf.set(held, id);
    if (things[held].role === "header") titled.set(held, id);
  }
}

// Whose facts a drawn thing shows: a title those of its frame, an inside those of its block.
function told(id) {
  const frame = titled.get(id) ?? id;
  if (things[frame].facts) return frame;
  return things[frame].role === "inset" || isEnd(id) ? home.get(frame) : undefined;
}

// Whether a box says what leaves or enters an inside, across from its title.
function isEnd(id) {
  const frame = things[frameOf.get(id)];
  if (!home.has(id) || frame?.role !== "inset" || titled.has(id)) return false;
  return id === frame.holds[0] || id === frame.holds.at(-1);
}

// Everything that can be asked for, in the order of the network.
const asked = Object.keys(things).filter((id) => things[id].facts);

const canOpen = (id) => id in insides || Boolean(things[id].size);

function caption(id) {
  const frame = things[id].role === "frame";
  const words = things[id].lines.length ? things[id].lines : titleOf(id);
  return frame && !words.length ? things[id].facts.path : words.map(([line]) => line).join(" · ");
}

function titleOf(id) {
  const header = (things[id].holds ?? []).find((held) => titled.get(held) === id);
  return header ? things[header].lines : [];
}

// The blocks around a thing, the outermost first.
function around(id) {
  const found = [];
  for (let at = id; at;) {
    at = frameOf.get(at) ?? home.get(at);
    if (at && things[at].facts) found.unshift(at);
  }
  return found;
}

// The thing that a module's path names: itself, or the box or block that stands for it.
function named(path) {
  const exact = asked.filter((id) => things[id].facts.steps.includes(path));
  if (exact.length) return exact.find((id) => !home.has(id)) ?? exact[0];
  let [best, longest] = [undefined, ""];
  for (const id of asked) {
    for (const step of things[id].facts.steps) {
      if (path.startsWith(`${step}.`) && step.length > longest.length) [best, longest] = [id, step];
    }
  }
  if (!best) return undefined;
  const { inside } = things[best].facts; // of copies, one is drawn
  if (!inside) return best;
  const rest = path.split(".").slice(inside.split(".").length);
  const drawn = [inside, ...rest].join(".");
  return drawn === path || !rest.length ? best : (named(drawn) ?? best);
}

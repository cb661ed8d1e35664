// What is open, chosen and coloured, and how that is kept: in the address and for a reload.

const page = {
  sheet: undefined,
  scene: undefined,
  room: "", // width and height beside which a panel may stand, and the area beside it
  area: 0,
  opened: new Set(),
  shut: new Set(),
  heat: network.heat,
  chosen: undefined,

  isOpen(id) {
    return id in insides ? this.opened.has(id) : !this.shut.has(id);
  },

  // --- drawing ---

  redraw() {
    this.sheet ??= this.better();
    this.scene = sceneOf(this.sheet, this);
    drawScene(this.scene, this);
    this.mark();
  },

  // The arrangement that the window has larger letters for.
  better() {
    const scale = (sheet) =>
      scaleFor(sceneOf(sheet, { opened: new Set(), shut: new Set() }).bounds);
    return scale(network.wide) > scale(network.tall) ? network.wide : network.tall;
  },

  // Another window, and the room that a panel gives back, are fitted anew; a panel that opens only
  // moves what it would cover.
  resized() {
    if (!this.scene) return;
    const { clientWidth, clientHeight } = stage.parentElement;
    const room = `${clientWidth}x${clientHeight}`;
    const area = stage.clientWidth * stage.clientHeight;
    if (view.fitted && (room !== this.room || area > this.area)) {
      this.sheet = this.better();
      this.redraw();
      begin();
    }
    Object.assign(this, { room, area });
    const chosen = this.chosen !== undefined && this.rectangle(this.chosen);
    if (chosen) bringIntoSight(chosen);
  },

  rectangle(id) {
    const found = this.scene.boxes.find((box) => box.id === id);
    if (found) return found.at;
    const inset = id in insides ? Object.keys(insides[id].frames)[0] : id;
    return this.scene.frames.find((frame) => frame.id === inset)?.at;
  },

  mark() {
    stage.classList.toggle("chosen", this.chosen !== undefined);
    for (const old of drawing.querySelectorAll(".chosen")) old.classList.remove("chosen");
    if (this.chosen === undefined) return;
    const ends = ["tail", "head"].map((end) => `[data-${end}="${this.chosen}"]`);
    for (const found of drawing.querySelectorAll(`[data-id="${this.chosen}"], ${ends}`)) {
      found.classList.add("chosen");
    }
  },

  colour(heat) {
    this.heat = heat;
    for (const choice of document.querySelectorAll("#heat button")) {
      choice.setAttribute("aria-pressed", String(choice.dataset.heat === heat));
    }
    this.redraw();
    drawLegend();
    this.remember();
  },

  // --- opening and closing, the place of the cursor kept ---

  toggle(id) {
    const before = this.rectangle(id);
    const set = id in insides ? this.opened : this.shut;
    if (!set.delete(id)) set.add(id);
    this.redraw();
    this.stay(before, this.rectangle(id));
    if (this.chosen !== undefined) tell(this.chosen);
    this.remember();
  },

  // The middle of the upper edge stays where it was on the screen.
  stay(before, now) {
    if (!before || !now) return;
    const was = middle(before).x * view.scale + view.x;
    view.x = was - middle(now).x * view.scale;
    view.y += (before.y - now.y) * view.scale;
    view.fitted = false;
    show();
  },

  // The next level of what is drawn; or all closed, and the frames of the figure as they were.
  unfold() {
    const closed = this.scene.boxes.filter(({ id }) => id in insides).map(({ id }) => id);
    if (!closed.length && !this.shut.size) return say("everything is open");
    this.shut.clear();
    closed.forEach((id) => this.opened.add(id));
    this.all();
  },

  fold() {
    if (!this.opened.size) {
      const frames = asked.filter((id) => things[id].role === "frame" && canShut(id));
      frames.forEach((id) => this.shut.add(id));
    }
    this.opened.clear();
    this.all();
  },

  all() {
    if (this.chosen !== undefined && !this.rectangle(this.chosen)) this.open(this.chosen);
    this.redraw();
    begin();
    this.remember();
  },

  // Opens whatever is around a thing.
  open(id) {
    for (let at = id; at;) {
      const frame = frameOf.get(at);
      const owner = home.get(at);
      if (frame) this.shut.delete(frame);
      else if (owner) this.opened.add(owner);
      at = frame && things[frame].role !== "inset" ? frame : owner;
      if (owner) this.opened.add(owner);
    }
  },

  // --- choosing ---

  choose(id) {
    this.chosen = id;
    tell(id);
    this.mark();
    this.address();
    const found = id !== undefined && this.rectangle(id);
    if (found) approach(found);
    this.remember();
  },

  // Chooses a thing wherever it is.
  reveal(id) {
    if (!this.rectangle(id)) {
      this.open(id);
      this.redraw();
    }
    this.choose(id);
  },

  // The nearest box in a direction, rather one that an arrow leads to.
  step(dx, dy) {
    const here = this.chosen !== undefined && this.rectangle(this.chosen);
    const boxes = this.scene.boxes.filter(({ id }) => told(id) !== undefined);
    if (!here) return boxes.length && this.choose(told(boxes[0].id));
    const linked = new Set(this.scene.wires.flatMap((wire) => this.others(wire)));
    let [best, least] = [undefined, Infinity];
    for (const { id, at } of boxes) {
      const [a, b] = [middle(here), middle(at)];
      const along = (b.x - a.x) * dx + (b.y - a.y) * dy;
      const aside = Math.abs((b.x - a.x) * dy) + Math.abs((b.y - a.y) * dx);
      if (told(id) === this.chosen || along < 4) continue;
      const far = (along + 2.5 * aside) * (linked.has(id) ? 0.3 : 1);
      if (far < least) [best, least] = [told(id), far];
    }
    if (best !== undefined) this.choose(best);
    return undefined;
  },

  others({ tail, head }) {
    if (told(tail) === this.chosen) return [head];
    return told(head) === this.chosen ? [tail] : [];
  },

  // --- the address, and what a reload finds again ---

  address() {
    const path = this.chosen === undefined ? "" : things[this.chosen].facts.steps[0];
    const hash = path ? `#${encodeURIComponent(path)}` : "";
    try {
      history.replaceState(null, "", hash || location.pathname + location.search);
    } catch {
      // a page within a page has no address of its own
    }
  },

  fromAddress() {
    const path = decodeURIComponent(location.hash.slice(1));
    const id = path && named(path);
    if (id) this.reveal(id);
    else if (path) say(`no box is named ${path}`);
    return Boolean(id);
  },

  remember() {
    const paths = (ids) => [...ids].map((id) => things[id].facts.inside);
    const kept = {
      opened: paths(this.opened),
      shut: paths(this.shut),
      heat: this.heat,
      chosen: this.chosen === undefined ? "" : things[this.chosen].facts.steps[0],
      view: view.fitted ? null : { x: view.x, y: view.y, scale: view.scale },
      theme: document.documentElement.dataset.theme ?? "",
    };
    store((memory) => memory.setItem(`archdsl ${network.name}`, JSON.stringify(kept)));
  },

  recall() {
    const kept = store((memory) => JSON.parse(memory.getItem(`archdsl ${network.name}`)));
    if (!kept) return undefined;
    const within = new Map(asked.map((id) => [things[id].facts.inside, id]));
    const known = (paths, fits) => paths.map((path) => within.get(path)).filter(fits);
    known(kept.opened, (id) => id in insides).forEach((id) => this.opened.add(id));
    known(kept.shut, (id) => id && things[id].size).forEach((id) => this.shut.add(id));
    this.heat = kept.heat;
    if (kept.theme) document.documentElement.dataset.theme = kept.theme;
    return kept;
  },
};

// What this tab remembers, where it may.
function store(use) {
  try {
    return use(sessionStorage);
  } catch {
    return undefined;
  }
}

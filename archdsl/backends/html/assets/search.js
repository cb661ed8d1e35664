// Search by name or op: in everything, open or not.

const query = document.getElementById("query");
const hits = document.getElementById("hits");
const MOST = 40;
const haystack = asked.map((id) => {
  const { path, steps, written = [], about = "" } = things[id].facts;
  const words = [path, ...steps, caption(id), ...written].join("\n").toLowerCase();
  return { id, path: path.toLowerCase(), words, about: about.toLowerCase() };
});
let [found, at] = [[], 0];

// Names before ops, beginnings before middles.
function search(text) {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return [];
  const rank = ({ path, words }) => {
    const name = path.split(".").pop();
    if (path === wanted) return 0;
    if (name.startsWith(wanted)) return 1;
    if (path.includes(wanted)) return 2;
    return words.includes(wanted) ? 3 : 9;
  };
  const ranked = haystack.map((entry) => [rank(entry), entry.id]).filter(([r]) => r < 9);
  return once(ranked.sort((a, b) => a[0] - b[0]).map(([, id]) => id));
}

// What is drawn twice, in an inset and in its block, is one hit.
function once(ids) {
  const paths = new Set();
  return ids.filter((id) => {
    const { path } = things[id].facts;
    return !paths.has(path) && paths.add(path);
  });
}

function list() {
  found = search(query.value);
  at = 0;
  const shown = found.slice(0, MOST).map((id, index) => hit(id, index));
  if (query.value.trim() && !found.length)
    shown.push(make("li", { class: "none" }, "nothing found"));
  if (found.length > MOST)
    shown.push(make("li", { class: "none" }, `and ${found.length - MOST} more`));
  hits.replaceChildren(...shown);
  hits.hidden = !shown.length;
  highlight();
  point();
}

function hit(id, index) {
  const name = make("b", {}, things[id].facts.path);
  const row = make(
    "li",
    { role: "option", id: `hit${index}` },
    name,
    make("span", {}, caption(id)),
  );
  row.addEventListener("pointerdown", (event) => event.preventDefault());
  row.addEventListener("click", () => go(id));
  return row;
}

function highlight() {
  const all = new Set(found.map((id) => things[id].facts.path));
  drawing.classList.toggle("searching", Boolean(query.value.trim()));
  for (const box of drawing.querySelectorAll(".box")) {
    box.classList.toggle("hit", all.has(things[box.dataset.id].facts?.path));
  }
}

function point() {
  [...hits.children].forEach((row, index) =>
    row.setAttribute("aria-selected", String(index === at)),
  );
  query.setAttribute("aria-activedescendant", found.length ? `hit${at}` : "");
  hits.children[at]?.scrollIntoView({ block: "nearest" });
}

function go(id) {
  leave();
  page.reveal(id);
}

function leave() {
  query.value = "";
  list();
  stage.focus({ preventScroll: true });
}

query.addEventListener("input", list);
query.addEventListener("focus", list);
query.addEventListener("blur", () => (hits.hidden = true));
query.addEventListener("keydown", (event) => {
  const last = Math.min(found.length, MOST) - 1;
  if (event.key === "ArrowDown") at = Math.min(at + 1, last);
  else if (event.key === "ArrowUp") at = Math.max(at - 1, 0);
  else if (event.key === "Enter" && found.length) return go(found[at]);
  else if (event.key === "Escape") return leave();
  else return undefined;
  event.preventDefault();
  point();
  return undefined;
});

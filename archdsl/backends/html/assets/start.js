// The parts of the page that never change, and the first drawing.

document.getElementById("name").textContent = network.name;
const facts = document.getElementById("facts");
facts.textContent = facts.title = network.title.slice(1).join(" · ");

for (const heat of ["", ...HEATS]) {
  const words = { "": "kind", params: "params", macs: "MACs", memory: "memory" }[heat];
  const choice = button(words, `colour by ${words} (h)`, () => page.colour(heat));
  choice.dataset.heat = heat;
  document.getElementById("heat").append(choice);
}

help.append(
  make("h2", { id: "help-title" }, "Keys"),
  make("dl", {}, ...KEYS.flatMap(([key, words]) => [make("dt", {}, key), make("dd", {}, words)])),
  button("close", "Escape", () => help.close()),
);

function drawLegend() {
  const legend = document.getElementById("legend");
  const entry = (words, tint, dashed) => {
    const shown = make("span", { class: dashed ? "dashed" : "" }, words);
    paint(shown, tint);
    return shown;
  };
  const shares = network.shades.map((words, index) => entry(words, `share${index}`));
  const kinds = network.kinds.map(([kind, words]) => entry(words, kind));
  const training = network.dashed ? [entry("training only", "input", true)] : [];
  const heading = page.heat ? [make("b", {}, network.heats[page.heat])] : [];
  legend.replaceChildren(...heading, ...(page.heat ? shares : kinds), ...training);
}

addEventListener("hashchange", () => page.fromAddress());

const kept = page.recall();
page.colour(page.heat);
begin();
if (kept?.view) {
  Object.assign(view, kept.view, { fitted: false });
  show();
}
if (!page.fromAddress() && kept?.chosen) {
  const id = named(kept.chosen);
  if (id !== undefined) page.reveal(id);
}
document.body.dataset.ready = "true";

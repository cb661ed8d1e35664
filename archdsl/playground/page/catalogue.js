// The catalogue to choose from.

import { element, make } from "./dom.js";

const scaled = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });

export async function catalogue(choose) {
  const { shelves, texts } = await (await fetch("catalogue.json")).json();
  const dialog = element("catalogue");
  const query = element("query");
  query.placeholder = `Search ${shelves.flatMap((shelf) => shelf.networks).length} networks`;
  const entries = [];

  function entry(shelf, network) {
    const figures = `${scaled.format(network.params)} params · ${scaled.format(network.macs)} MACs`;
    const pick = make(
      "button",
      { type: "button", title: network.summary },
      make("b", {}, network.name),
      make("span", {}, figures.replaceAll("B", "G")),
    );
    pick.addEventListener("click", () => {
      dialog.close();
      choose(network.name);
    });
    const words = `${network.name} ${shelf.name} ${network.summary}`.toLowerCase();
    entries.push({ pick, words });
    return pick;
  }

  element("shelves").replaceChildren(
    ...shelves.map((shelf) =>
      make(
        "section",
        {},
        make("h2", {}, shelf.name),
        make("p", {}, shelf.line),
        make("div", {}, ...shelf.networks.map((network) => entry(shelf, network))),
      ),
    ),
  );

  query.addEventListener("input", () => {
    const wanted = query.value.toLowerCase().split(/\s+/);
    for (const { pick, words } of entries) pick.hidden = !wanted.every((w) => words.includes(w));
    for (const section of element("shelves").children) {
      section.hidden = !section.querySelector("button:not([hidden])");
    }
  });
  query.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    element("shelves").querySelector("section:not([hidden]) button:not([hidden])")?.click();
  });
  element("open-catalogue").addEventListener("click", () => {
    query.value = "";
    query.dispatchEvent(new Event("input"));
    dialog.showModal();
  });

  const networks = shelves.flatMap((shelf) => shelf.networks);
  const files = new Map(networks.map(({ name, file }) => [name, file]));
  return (name) => texts[files.get(name)];
}

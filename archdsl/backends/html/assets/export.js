// What is seen as a file of its own: SVG with its colours written in, or PNG made of that.

const INHERITED = ["fill", "stroke", "stroke-width", "stroke-dasharray", "opacity"];
const OF_TEXT = ["font-weight", "text-anchor"];
const FONT = "Helvetica, Arimo, Arial, 'Liberation Sans', sans-serif";
const AROUND = 12;
const HEADING = 40; // the title
const PIXELS = 16000; // of the longer side of a PNG

// The whole drawing as it is opened and coloured now.
function asSvg() {
  const { x, y, width, height } = page.scene.bounds;
  const [wide, high] = [tenth(width + 2 * AROUND), tenth(height + 2 * AROUND + HEADING)];
  unmark();
  const copy = drawing.cloneNode(true);
  copy.removeAttribute("transform");
  copy.removeAttribute("class");
  const styled = [...drawing.querySelectorAll("rect, path, polygon, text, circle")];
  const copies = [...copy.querySelectorAll("rect, path, polygon, text, circle")];
  styled.forEach((original, index) => writeStyle(original, copies[index]));
  page.mark();
  highlight();
  for (const extra of copy.querySelectorAll(".badge")) extra.remove();
  for (const box of copy.querySelectorAll("[style]")) box.removeAttribute("style");
  const style = getComputedStyle(document.documentElement);
  const paper = { x: tenth(x - AROUND), y: tenth(y - AROUND - HEADING), width: wide, height: high };
  const [name, ...facts] = network.title;
  const ink = style.getPropertyValue("--ink");
  const heading = element(
    "g",
    { "text-anchor": "middle", fill: ink },
    element(
      "text",
      {
        x: tenth(x + width / 2),
        y: tenth(y - AROUND - 14),
        "font-size": 14,
        "font-weight": "bold",
      },
      name,
    ),
    element("text", { x: tenth(x + width / 2), y: tenth(y - AROUND + 2) }, facts.join(" · ")),
  );
  const svg = element("svg", {
    xmlns: SVG,
    width: `${wide}pt`,
    height: `${high}pt`,
    "font-family": FONT,
    "font-size": LETTERS,
    viewBox: Object.values(paper).join(" "),
  });
  svg.append(element("rect", { ...paper, fill: style.getPropertyValue("--paper") }), heading, copy);
  return new XMLSerializer().serializeToString(svg);
}

// Without what only says where the reader is.
function unmark() {
  drawing.classList.remove("searching");
  for (const marked of drawing.querySelectorAll(".chosen, .hit")) {
    marked.classList.remove("chosen", "hit");
  }
}

function writeStyle(original, copy) {
  const style = getComputedStyle(original);
  const names = original.tagName === "text" ? ["fill", ...OF_TEXT] : INHERITED;
  for (const name of names) {
    const value = style.getPropertyValue(name);
    if (value && value !== "none") copy.setAttribute(name, value);
    else if (name === "fill" || name === "stroke") copy.setAttribute(name, "none");
  }
  copy.removeAttribute("class");
}

function saveSvg() {
  save(new Blob([asSvg()], { type: "image/svg+xml" }), "svg");
}

function savePng() {
  const address = URL.createObjectURL(new Blob([asSvg()], { type: "image/svg+xml" }));
  const image = new Image();
  image.onload = () => {
    const times = Math.min(2, PIXELS / Math.max(image.width, image.height));
    const paper = document.createElement("canvas");
    paper.width = Math.round(image.width * times);
    paper.height = Math.round(image.height * times);
    paper.getContext("2d").drawImage(image, 0, 0, paper.width, paper.height);
    URL.revokeObjectURL(address);
    paper.toBlob((blob) => (blob ? save(blob, "png") : say("the drawing is too large for a PNG")));
  };
  image.onerror = () => say("this browser could not make a PNG of the drawing");
  image.src = address;
}

function save(blob, ending) {
  const address = URL.createObjectURL(blob);
  const link = make("a", { href: address, download: `${network.name}.${ending}` });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

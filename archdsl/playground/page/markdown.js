// The Markdown of hovers as elements: paragraphs, code, tables, links. It makes text, never markup.

import { make } from "./dom.js";

export function markdown(text) {
  const pieces = text.split(/```\w*\n([\s\S]*?)\n```/);
  const blocks = pieces.flatMap((piece, index) =>
    index % 2 ? [make("pre", {}, piece)] : piece.split(/\n{2,}/).filter((p) => p.trim()).map(block),
  );
  return make("div", { class: "told" }, ...blocks);
}

function block(text) {
  const lines = text.trim().split("\n");
  return lines[0].startsWith("|") ? table(lines) : make("p", {}, ...inline(text.trim()));
}

function table([head, , ...rows]) {
  const cells = (line, name) =>
    line.split("|").slice(1, -1).map((cell) => make(name, {}, ...inline(cell.trim())));
  const row = (line, name) => make("tr", {}, ...cells(line, name));
  return make("table", {}, row(head, "th"), ...rows.map((line) => row(line, "td")));
}

export function inline(text) {
  const found = text.split(/(`[^`]+`|\[[^\]]*\]\(https?:[^)\s]*\))/);
  return found.map((piece) => {
    const link = /^\[(.*)\]\((.*)\)$/.exec(piece);
    if (link) return make("a", { href: link[2], rel: "noreferrer", target: "_blank" }, ...inline(link[1]));
    return /^`.*`$/.test(piece) ? make("code", {}, piece.slice(1, -1)) : piece;
  });
}

// Texts as JSON in a list → for each what the Lezer parser makes of it: `tokens`, a list of
// [start, end, kind, whether it stands in a Tap or the like, number of bodies around it]; `errors`;
// and `unlike`, the places at which a letter typed in leads to another tree than a fresh start.
// It runs in a folder with the parser.

import { readFileSync } from "node:fs";
import { TreeFragment } from "@lezer/common";
import { parser } from "./parser.js";

function read(text) {
  const found = { tokens: [], errors: 0, unlike: typedInto(text) };
  let bodies = 0;
  parser.parse(text).iterate({
    enter({ type, from, to, node }) {
      if (type.isError) found.errors++;
      else if (type.name === "Body") bodies++;
      else if (!node.firstChild && to > from) found.tokens.push([from, to, type.name, bodies]);
    },
    leave: ({ type }) => {
      if (type.name === "Body") bodies--;
    },
  });
  return found;
}

function typedInto(text) {
  const fragments = TreeFragment.addTree(parser.parse(text));
  const unlike = [];
  for (let at = 3; at < text.length; at += Math.ceil(text.length / 9)) {
    for (const typed of ["x", "(", '"', "\n", ":"]) {
      const now = text.slice(0, at) + typed + text.slice(at);
      const change = { fromA: at, toA: at, fromB: at, toB: at + 1 };
      const again = parser.parse(now, TreeFragment.applyChanges(fragments, [change]));
      if (String(again) !== String(parser.parse(now))) unlike.push([at, typed]);
    }
  }
  return unlike;
}

console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(read)));

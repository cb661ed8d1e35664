// Texts as JSON in a list → for each the kinds of its characters, as the parser for CodeMirror has
// them, in a list of [length, kind].

import { readFileSync } from "node:fs";
import { arch } from "../../archdsl/editors/codemirror/language.js";

function painted(text) {
  const state = arch.startState();
  return text.split("\n").map((string) => {
    const stream = { string, pos: 0 };
    const pieces = [];
    while (stream.pos < string.length) {
      const start = stream.pos;
      const kind = arch.token(stream, state);
      if (stream.pos <= start) throw new Error(`no progress at ${start} of ${string}`);
      pieces.push([stream.pos - start, kind]);
    }
    pieces.push([1, state.text ? state.text.kinds[0] : null]); // the end of the line
    return pieces;
  });
}

console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(painted)));

// The colours of `.arch` for CodeMirror: a parser for its `StreamLanguage`, driven by `rules.js`.
//
// A token's type is the name of its kind, which `tokenTable` makes a tag of. What is open at the
// end of a line goes on in the next: brackets, computed names, docstrings.

import { rules } from "./rules.js";

const compiled = Object.fromEntries(
  Object.entries(rules).map(([state, listed]) => [state, listed.map(compile)]),
);

function compile(rule) {
  return {
    ...rule,
    here: new RegExp(rule.pattern, "dy"),
    ends: rule.until ? new RegExp(rule.until, "y") : null,
    ahead: rule.until ? new RegExp(rule.until, "g") : null,
  };
}

function matched(pattern, stream) {
  pattern.lastIndex = stream.pos;
  return pattern.exec(stream.string);
}

// A text that goes on to its end, over lines if need be.
function goOn(stream, state) {
  const { ahead, kinds } = state.text;
  const end = matched(ahead, stream);
  stream.pos = end ? end.index + end[0].length : stream.string.length;
  if (end) state.text = null;
  return kinds[0];
}

// The pieces of a match that has several kinds are given one after the other.
function nextPiece(stream, state) {
  const { end, kind } = state.pieces.shift();
  stream.pos = end;
  return kind;
}

function pieces(found, rule) {
  const parts = [];
  let at = found.index;
  rule.kinds.forEach((kind, index) => {
    const place = found.indices[index + 1];
    if (!place || place[0] === place[1]) return;
    if (place[0] > at) parts.push({ end: place[0], kind: null });
    parts.push({ end: place[1], kind });
    at = place[1];
  });
  return parts;
}

function take(stream, state, rule, found) {
  if (rule.within) state.open.push(rule);
  if (rule.grouped) {
    state.pieces = pieces(found, rule);
    return nextPiece(stream, state);
  }
  stream.pos += found[0].length;
  if (!rule.until || rule.within) return rule.kinds[0];
  state.text = rule;
  return goOn(stream, state);
}

function token(stream, state) {
  if (stream.pos === 0) {
    state.pieces = [];
    while (state.open.at(-1)?.until === "$") state.open.pop();
  }
  if (state.pieces.length) return nextPiece(stream, state);
  if (state.text) return goOn(stream, state);
  const open = state.open.at(-1);
  const end = open && matched(open.ends, stream);
  if (end?.[0]) {
    state.open.pop();
    stream.pos += end[0].length;
    return open.kinds[0];
  }
  for (const rule of compiled[open?.within ?? "line"]) {
    const found = matched(rule.here, stream);
    if (found?.[0]) return take(stream, state, rule, found);
  }
  stream.pos += 1;
  return null;
}

export const arch = {
  name: "archdsl",
  startState: () => ({ open: [], text: null, pieces: [] }),
  copyState: ({ open, text, pieces }) => ({ open: [...open], text, pieces: [...pieces] }),
  token,
  languageData: { commentTokens: { line: "#" }, closeBrackets: { brackets: ["(", "[", '"'] } },
};

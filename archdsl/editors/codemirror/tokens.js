// What the grammar cannot say: where lines end, what stands deeper, which words open a statement,
// and what the other words are.

import { ContextTracker, ExternalTokenizer } from "@lezer/lr";
import * as terms from "./parser.terms.js";
import { openings as patterns, words } from "./words.js";

const BREAK = 10;
const MOST = 400; // characters of a line by which it is told whether a word opens a statement
const DECLARES = /^(?:block|network|fn|from)[ \t]/;
const compiled = patterns.map(({ pattern, group }) => ({ group, regexp: new RegExp(pattern, "d") }));
const meanings = new Map();
for (const [term, listed] of Object.entries(words)) {
  if (term !== "Type") for (const word of listed) meanings.set(word, terms[term]);
}

const isBlank = (code) => code === 32 || code === 9 || code === 12 || code === 13;

// A line's text from `ahead` on, as far as it is looked at.
function line(input, ahead) {
  let text = "";
  for (let code; text.length < MOST && (code = input.peek(ahead)) >= 0 && code !== BREAK; ahead++) {
    text += String.fromCharCode(code);
  }
  return text;
}

function depthOf(blanks) {
  let depth = 0;
  for (const blank of blanks) depth += blank === "\t" ? 8 - (depth % 8) : 1;
  return depth;
}

// Where the next line begins that is neither empty nor a comment.
function nextLine(input) {
  for (let ahead = 1; ; ) {
    const text = line(input, ahead);
    if (/^[ \t\f\r]*[^ \t\f\r#]/.test(text) || input.peek(ahead + text.length) < 0) return text;
    ahead += text.length + 1;
    if (text.length >= MOST) return "";
  }
}

// A line goes on below where it stands deeper and begins with an arrow.
function goesOn(input, context) {
  const [, blanks, arrow] = /^([ \t]*)(->)?/.exec(nextLine(input));
  return Boolean(arrow) && depthOf(blanks) > context.depth;
}

// What is open: a depth, or brackets at it.
class Open {
  constructor(parent, depth, bracket) {
    Object.assign(this, { parent, depth, bracket });
    this.hash = ((parent ? parent.hash * 31 : 7) + depth * 2 + Number(bracket)) | 0;
  }
}

const OPENERS = new Set([terms.Open, terms.TemplateOpen]);
const CLOSED = new Set([terms.Brackets, terms.Template]);

export const lines = new ContextTracker({
  start: new Open(null, 0, false),
  reduce: (context, term) => (context.bracket && CLOSED.has(term) ? context.parent : context),
  shift(context, term, stack, input) {
    if (term === terms.indent) {
      const blanks = input.read(input.pos, stack.pos);
      return new Open(context, depthOf(blanks), false);
    }
    if (term === terms.dedent) return context.parent ?? context;
    return OPENERS.has(term) ? new Open(context, context.depth, true) : context;
  },
  hash: (context) => context.hash,
});

export const ends = new ExternalTokenizer(
  (input, stack) => {
    const { context } = stack;
    const last = input.next < 0;
    if (!last && input.next !== BREAK) return;
    if (context.bracket) {
      // A bracket that nobody closed ends where a declaration begins.
      if (last || DECLARES.test(line(input, 1))) input.acceptToken(terms.unclosed);
      else input.acceptToken(terms.joined, 1);
    } else if (last) {
      if (stack.canShift(terms.eof)) input.acceptToken(terms.eof);
    } else if (goesOn(input, context) || !stack.canShift(terms.newline)) {
      input.acceptToken(terms.joined, 1);
    } else input.acceptToken(terms.newline, 1);
  },
  { contextual: true },
);

export const depths = new ExternalTokenizer(
  (input, stack) => {
    if (stack.context.bracket) return;
    if (input.next < 0 && stack.canShift(terms.dedent)) {
      input.acceptToken(terms.dedent);
      return;
    }
    const before = input.peek(-1);
    if (before >= 0 && before !== BREAK) return;
    const text = line(input, 0);
    const [blanks] = /^[ \t\f\r\ufeff]*/.exec(text);
    if (blanks.length === text.length || text[blanks.length] === "#") return;
    const depth = depthOf(blanks);
    if (depth < stack.context.depth) input.acceptToken(terms.dedent);
    else if (depth > stack.context.depth && before >= 0) {
      input.acceptToken(terms.indent, blanks.length);
    }
  },
  { contextual: true },
);

const OPENING = [terms.Declares, terms.Imports, terms.Opens];

export const openings = new ExternalTokenizer(
  (input, stack) => {
    if (!OPENING.some((term) => stack.canShift(term))) return;
    let start = 0;
    while (isBlank(input.peek(start - 1))) start--;
    if (input.peek(start - 1) >= 0 && input.peek(start - 1) !== BREAK) return;
    const text = line(input, start);
    for (const { regexp, group } of compiled) {
      const found = regexp.exec(text);
      if (!found || found.indices[group][0] !== -start) continue;
      const word = found[group];
      const term = word === "from" ? terms.Imports : declares(word) ? terms.Declares : terms.Opens;
      input.acceptToken(term, word.length);
      return;
    }
  },
  { contextual: true },
);

const declares = (word) => word === "block" || word === "network" || word === "fn";

// Of a word that is no keyword of a statement.
export function meaning(value, stack) {
  if (stack.canShift(terms.Attribute)) return terms.Attribute;
  if ((value === "import" || value === "as") && stack.canShift(terms.ImportWord)) {
    return terms.ImportWord;
  }
  if (words.Type.includes(value) && stack.canShift(terms.Type)) return terms.Type;
  return meanings.get(value) ?? -1;
}

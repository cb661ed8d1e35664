// The editor: colours, hints, mistakes, proposals and hovers in CodeMirror.

import {
  Decoration,
  EditorState,
  EditorView,
  HighlightStyle,
  StateEffect,
  StateField,
  StreamLanguage,
  WidgetType,
  acceptCompletion,
  autocompletion,
  bracketMatching,
  completionKeymap,
  defaultKeymap,
  drawSelection,
  foldGutter,
  foldKeymap,
  foldService,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSelectionMatches,
  highlightSpecialChars,
  history,
  historyKeymap,
  hoverTooltip,
  indentUnit,
  indentWithTab,
  keymap,
  lineNumbers,
  lintKeymap,
  python as pythonLines,
  search,
  searchKeymap,
  setDiagnostics,
  snippetCompletion,
  syntaxHighlighting,
  tags,
} from "./codemirror.js";
import { make } from "./dom.js";
import { arch } from "./language.js";
import { inline, markdown } from "./markdown.js";

// --- colours ------------------------------------------------------------------------------------

const PAINT = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--code-keyword)" },
  { tag: tags.definition(tags.typeName), color: "var(--code-type)", fontWeight: "600" },
  { tag: [tags.function(tags.name), tags.className], color: "var(--code-call)" },
  { tag: [tags.standard(tags.name), tags.typeName], color: "var(--code-type)" },
  { tag: [tags.number, tags.bool, tags.atom], color: "var(--code-number)" },
  { tag: [tags.string, tags.docString], color: "var(--code-string)" },
  { tag: tags.comment, color: "var(--code-comment)", fontStyle: "italic" },
  { tag: tags.attributeName, color: "var(--code-argument)" },
  { tag: tags.definition(tags.variableName), color: "var(--code-name)" },
  { tag: [tags.operator, tags.punctuation], color: "var(--code-sign)" },
]);

// In Python lines that stand further in than the one above them fold.
const folds = foldService.of((state, start) => {
  const depth = (text) => text.search(/\S/);
  const first = state.doc.lineAt(start);
  const own = depth(first.text);
  let last = null;
  for (let n = first.number + 1; own >= 0 && n <= state.doc.lines; n++) {
    const line = state.doc.line(n);
    if (depth(line.text) < 0) continue;
    if (depth(line.text) <= own) break;
    last = line;
  }
  return last && { from: first.to, to: last.to };
});

// --- hints --------------------------------------------------------------------------------------

class HintWidget extends WidgetType {
  constructor(hint) {
    super();
    this.hint = hint;
  }

  eq({ hint }) {
    return hint.text === this.hint.text && hint.tooltip === this.hint.tooltip;
  }

  // A press on a hint puts the cursor there, as on any other text.
  ignoreEvent() {
    return false;
  }

  toDOM() {
    const { text, kind, tooltip } = this.hint;
    return make("span", { class: `hint ${kind}`, title: tooltip, "aria-hidden": "true" }, text);
  }
}

const setHints = StateEffect.define();
const hints = StateField.define({
  create: () => Decoration.none,
  update(shown, transaction) {
    let now = shown.map(transaction.changes);
    for (const effect of transaction.effects) if (effect.is(setHints)) now = effect.value;
    return now;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function decorations(found) {
  const sides = found.map((hint) => {
    const side = hint.kind === "argument" ? -1 : 1;
    return Decoration.widget({ widget: new HintWidget(hint), side }).range(hint.at);
  });
  return Decoration.set(sides, true);
}

// --- mistakes -----------------------------------------------------------------------------------

const setRelated = StateEffect.define();
const relations = StateField.define({
  create: () => Decoration.none,
  update(shown, transaction) {
    let now = shown.map(transaction.changes);
    for (const effect of transaction.effects) if (effect.is(setRelated)) now = effect.value;
    return now;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function others(findings) {
  const ranges = findings.flatMap(({ severity, related }) =>
    related
      .filter(({ place: [from, to] }) => from < to)
      .map(({ place: [from, to], text }) =>
        Decoration.mark({ class: `related ${severity}`, attributes: { title: text } }).range(from, to),
      ),
  );
  return Decoration.set(ranges, true);
}

export function changesOf({ changes }) {
  return changes.map(({ place: [from, to], text }) => ({ from, to, insert: text }));
}

// A finding of the text before a change, in the text behind it.
export function carried(finding, changes) {
  const place = ([from, to]) => [changes.mapPos(from, 1), changes.mapPos(to, -1)].sort((a, b) => a - b);
  const piece = (one) => ({ ...one, place: place(one.place) });
  return {
    ...piece(finding),
    related: finding.related.map(piece),
    remedies: finding.remedies.map((one) => ({ ...one, changes: one.changes.map(piece) })),
  };
}

function diagnostic(finding) {
  const [from, to] = finding.place;
  return {
    from,
    to,
    severity: finding.severity === "note" ? "info" : finding.severity,
    source: finding.code,
    markClass: finding.unused ? "unused" : "",
    message: finding.message,
    renderMessage: () => explained(finding),
    actions: finding.remedies.map((remedy) => ({
      name: remedy.title,
      apply: (view) => view.dispatch({ changes: changesOf(remedy) }),
    })),
  };
}

function explained(finding) {
  const more = finding.details.map((line) => make("p", { class: "detail" }, line));
  const hint = finding.hint ? [make("p", {}, ...inline(`help: ${finding.hint}`))] : [];
  const said = make("p", {}, ...inline(finding.message));
  return make("div", { class: "told" }, said, ...more, ...hint);
}

// --- proposals and hovers -----------------------------------------------------------------------

const TYPES = {
  op: "function",
  block: "class",
  network: "class",
  argument: "property",
  step: "variable",
  parameter: "variable",
  value: "enum",
  fact: "constant",
  snippet: "text",
  file: "text",
};

function proposal(item, index) {
  const shown = {
    label: item.label,
    type: TYPES[item.kind] ?? item.kind,
    boost: -index / 10,
    info: () => made(item),
  };
  if (!item.insert || item.insert === item.label) return shown;
  if (!item.snippet) return { ...shown, apply: item.insert };
  return snippetCompletion(item.insert.replace(/\$(\d+)/g, "${$1}"), shown);
}

function made({ detail, doc }) {
  if (!detail && !doc) return null;
  const words = [detail && make("pre", {}, detail), doc && markdown(doc)];
  return make("div", { class: "told" }, ...words.filter(Boolean));
}

function proposals(ask) {
  return async (context) => {
    const word = context.matchBefore(/\w+/);
    if (!word && !context.explicit && !context.matchBefore(/[(.,"] ?|-> ?/)) return null;
    const found = await ask({ ask: "complete", at: context.pos });
    if (!found?.items?.length) return null;
    const from = word ? word.from : context.pos;
    return { from, options: found.items.map(proposal), validFor: /^\w*$/ };
  };
}

function hovers(ask) {
  return hoverTooltip(async (view, at) => {
    const found = await ask({ ask: "hover", at });
    if (!found?.text) return null;
    const [pos, end] = found.place;
    return { pos, end, create: () => ({ dom: markdown(found.text) }) };
  });
}

// --- the editor ---------------------------------------------------------------------------------

const narrow = matchMedia("(max-width: 800px)");

export function editor({ parent, ask, changed, moved }) {
  const heard = EditorView.updateListener.of((update) => {
    if (update.docChanged) changed(update.changes);
    if (update.selectionSet || update.docChanged) moved(update.state.selection.main.head);
  });
  const view = new EditorView({ parent, state: fresh("") });

  function fresh(text) {
    return EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        foldGutter(),
        highlightSpecialChars(),
        history(),
        drawSelection(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        bracketMatching(),
        highlightSelectionMatches(),
        search({ top: true }),
        narrow.matches ? EditorView.lineWrapping : [],
        indentUnit.of("    "),
        arch(),
        syntaxHighlighting(PAINT),
        hints,
        relations,
        autocompletion({ override: [proposals(ask)], icons: false }),
        hovers(ask),
        heard,
        EditorView.contentAttributes.of({ "aria-label": "the spec", spellcheck: "false" }),
        keymap.of([
          { key: "Tab", run: acceptCompletion },
          ...completionKeymap,
          ...searchKeymap,
          ...historyKeymap,
          ...foldKeymap,
          ...lintKeymap,
          ...defaultKeymap,
          indentWithTab,
        ]),
      ],
    });
  }

  return {
    text: () => view.state.doc.toString(),
    // Another spec; what was typed before cannot come back by undoing.
    open(text) {
      view.setState(fresh(text));
      changed(null);
    },
    // The same spec written otherwise.
    replace(text) {
      const changes = { from: 0, to: view.state.doc.length, insert: text };
      if (text !== view.state.doc.toString()) view.dispatch({ changes });
    },
    change: (changes) => view.dispatch({ changes, scrollIntoView: true }),
    hint: (found) => view.dispatch({ effects: setHints.of(decorations(found)) }),
    mark(findings) {
      view.dispatch(setDiagnostics(view.state, findings.map(diagnostic)));
      view.dispatch({ effects: setRelated.of(others(findings)) });
    },
    select(anchor, head = anchor) {
      const effects = EditorView.scrollIntoView(anchor, { y: "center" });
      view.dispatch({ selection: { anchor, head }, effects });
      view.focus();
    },
  };
}

// The emitted source, to read.
export function reader(parent) {
  const view = new EditorView({ parent, state: fresh("") });
  function fresh(text) {
    const shown = [lineNumbers(), StreamLanguage.define(pythonLines), syntaxHighlighting(PAINT)];
    const locked = [EditorState.readOnly.of(true), EditorView.editable.of(false)];
    const focused = EditorView.contentAttributes.of({ tabindex: "0", "aria-label": "PyTorch" });
    return EditorState.create({
      doc: text,
      extensions: [...shown, ...locked, focused, foldGutter(), folds, keymap.of(searchKeymap)],
    });
  }
  return {
    text: () => view.state.doc.toString(),
    show(text) {
      const top = view.scrollDOM.scrollTop;
      view.setState(fresh(text));
      view.scrollDOM.scrollTop = top;
    },
  };
}

// What the page uses of CodeMirror, as one module.

export {
  acceptCompletion,
  autocompletion,
  completionKeymap,
  snippetCompletion,
} from "@codemirror/autocomplete";
export { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
export {
  HighlightStyle,
  LRLanguage,
  LanguageSupport,
  StreamLanguage,
  bracketMatching,
  foldGutter,
  foldKeymap,
  foldNodeProp,
  foldService,
  indentService,
  indentUnit,
  syntaxHighlighting,
} from "@codemirror/language";
export { python } from "@codemirror/legacy-modes/mode/python";
export { lintKeymap, setDiagnostics } from "@codemirror/lint";
export { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
export { EditorState, StateEffect, StateField } from "@codemirror/state";
export {
  Decoration,
  EditorView,
  WidgetType,
  drawSelection,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  hoverTooltip,
  keymap,
  lineNumbers,
} from "@codemirror/view";
export { styleTags, tags } from "@lezer/highlight";
export { ContextTracker, ExternalTokenizer, LRParser } from "@lezer/lr";

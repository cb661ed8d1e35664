// `.arch` for CodeMirror 6: `extensions: [arch()]`.

import { LRLanguage, LanguageSupport, foldNodeProp, indentService } from "@codemirror/language";
import { parser } from "./parser.js";

// What stands below a line folds behind it.
function fold(node, state) {
  const body = node.getChild("Body");
  if (!body) return null;
  const from = state.doc.lineAt(body.from).from - 1;
  return { from, to: body.from + state.sliceDoc(body.from, body.to).trimEnd().length };
}

// A line behind one that ends with `:` stands further in, any other as the one before it.
const indents = indentService.of((context, at) => {
  if (at === 0) return 0;
  const { text } = context.lineAt(at, -1);
  const above = text.trim() ? text : context.lineAt(at - 1, -1).text;
  const more = /:\s*(?:#.*)?$/.test(above) ? context.unit : 0;
  return /^ */.exec(above)[0].length + more;
});

export const archLanguage = LRLanguage.define({
  name: "archdsl",
  parser: parser.configure({ props: [foldNodeProp.add({ Declaration: fold, Statement: fold })] }),
  languageData: { commentTokens: { line: "#" }, closeBrackets: { brackets: ["(", "[", '"'] } },
});

export const arch = () => new LanguageSupport(archLanguage, indents);

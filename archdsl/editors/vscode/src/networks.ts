// Which network of a text a command is about.
import * as vscode from "vscode";

const DECLARATION = /^(network|block|fn|from)\s+"?(\w+)/;

/** The network that the cursor stands in, or the only one, or the one that is chosen. */
export async function network(editor: vscode.TextEditor): Promise<string | undefined> {
  const names: string[] = [];
  let here: string | undefined;
  for (let line = 0; line < editor.document.lineCount; line++) {
    const [, word, name] = DECLARATION.exec(editor.document.lineAt(line).text) ?? [];
    if (word === "network" && name) names.push(name);
    if (word && line <= editor.selection.active.line) here = word === "network" ? name : undefined;
  }
  if (here ?? names.length < 2) return here ?? names[0] ?? "";
  return vscode.window.showQuickPick(names, { placeHolder: "Which network?" });
}

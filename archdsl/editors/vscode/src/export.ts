// The diagram as a file.
import * as vscode from "vscode";
import { network } from "./networks";
import { program, runOn } from "./program";

const FORMATS = { SVG: ["svg"], PNG: ["png"], PDF: ["pdf"], HTML: ["html"] };

export async function exported(context: vscode.ExtensionContext): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const name = editor && (await network(editor));
  if (!editor || name === undefined) return;
  const document = editor.document;
  const beside = vscode.Uri.joinPath(document.uri, "..", `${name || "network"}.svg`);
  const target = await vscode.window.showSaveDialog({ defaultUri: beside, filters: FORMATS });
  if (!target) return;
  const drawn = (...further: string[]) =>
    runOn(program(context), ["draw", "-o", target.fsPath, ...further], document, name);
  let { status, told } = await drawn();
  if (status !== 0 && told.includes("--force")) {
    // a file that archdsl did not write
    const replace = await vscode.window.showErrorMessage(told.trim(), "Replace");
    if (!replace) return;
    ({ status, told } = await drawn("--force"));
  }
  if (status === 0) await shown(target);
  else await vscode.window.showErrorMessage(told.trim());
}

async function shown(target: vscode.Uri): Promise<void> {
  const open = await vscode.window.showInformationMessage(`Drawn: ${target.fsPath}`, "Open");
  if (open) await vscode.commands.executeCommand("vscode.open", target);
}

// The diagram as a file.
import * as vscode from "vscode";
import { network } from "./networks";
import type { Server } from "./server";
import { named } from "./server";

const FORMATS = { SVG: ["svg"], PNG: ["png"], PDF: ["pdf"], HTML: ["html"] };

/** Why nothing was drawn, if nothing was: the file is somebody else's, or another reason. */
interface Told {
  readonly taken?: string;
  readonly refused?: string;
}

export async function exported(server: Server): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const name = editor && (await network(editor));
  if (!editor || name === undefined) return;
  const document = editor.document;
  const beside = vscode.Uri.joinPath(document.uri, "..", `${name || "network"}.svg`);
  const target = await vscode.window.showSaveDialog({ defaultUri: beside, filters: FORMATS });
  if (!target) return;
  const drawn = (replace: boolean) =>
    server.execute<Told>(named("export"), document.uri.toString(), name, target.fsPath, replace);
  let told = await drawn(false);
  if (told?.taken) {
    const replace = await vscode.window.showErrorMessage(told.taken, "Replace");
    if (!replace) return;
    told = await drawn(true);
  }
  if (told?.refused) await vscode.window.showErrorMessage(told.refused);
  else if (told) await shown(target);
}

async function shown(target: vscode.Uri): Promise<void> {
  const open = await vscode.window.showInformationMessage(`Drawn: ${target.fsPath}`, "Open");
  if (open) await vscode.commands.executeCommand("vscode.open", target);
}

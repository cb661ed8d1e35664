// Audits and PyTorch as read-only texts beside a spec, made anew whenever it is saved.
import * as vscode from "vscode";
import { network } from "./networks";
import { program, runOn } from "./program";

export const SCHEME = "archdsl";
const ENDINGS = { audit: ".audit.txt", compile: ".py" };
type Kind = keyof typeof ENDINGS;

interface Asked {
  readonly kind: Kind;
  readonly network: string;
  readonly of: string;
}

export class Results implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly saves: vscode.Disposable;
  readonly onDidChange = this.changed.event;

  constructor(private readonly context: vscode.ExtensionContext) {
    this.saves = vscode.workspace.onDidSaveTextDocument((saved) => this.renew(saved));
  }

  async show(kind: Kind): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    const name = editor && (await network(editor));
    if (!editor || name === undefined) return;
    const asked: Asked = { kind, network: name, of: editor.document.uri.toString() };
    const path = `/${name || "network"}${ENDINGS[kind]}`;
    const uri = vscode.Uri.from({ scheme: SCHEME, path, query: JSON.stringify(asked) });
    this.changed.fire(uri); // what was shown of an older text
    const shown = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(shown, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true });
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const asked = JSON.parse(uri.query) as Asked;
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(asked.of));
    const { status, out, told } = await runOn(program(this.context), [asked.kind], document, asked.network);
    return status === 0 ? out : told;
  }

  private renew(saved: vscode.TextDocument): void {
    for (const { uri } of vscode.workspace.textDocuments) {
      if (uri.scheme !== SCHEME) continue;
      if ((JSON.parse(uri.query) as Asked).of === saved.uri.toString()) this.changed.fire(uri);
    }
  }

  dispose(): void {
    this.saves.dispose();
    this.changed.dispose();
  }
}

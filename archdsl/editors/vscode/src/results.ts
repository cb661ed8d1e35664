// Audits, comparisons and PyTorch as read-only texts beside a spec, made anew when it is saved.
import * as vscode from "vscode";

export const SCHEME = "archdsl";
export const ENDINGS: Record<string, string> = {
  "archdsl.server.audit": ".audit.txt",
  "archdsl.server.compare": ".changes.txt",
  "archdsl.server.compile": ".py",
};

/** What a command of the server gives. */
export interface Given {
  readonly title: string;
  readonly text: string;
}

export type Execute = (command: string, uri: string, network: string) => Promise<Given | undefined>;

interface Asked {
  readonly command: string;
  readonly network: string;
  readonly of: string;
}

export class Results implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly saves: vscode.Disposable;
  private readonly last = new Map<string, string>(); // stays where there is nothing to show
  readonly onDidChange = this.changed.event;

  constructor(private readonly execute: Execute) {
    this.saves = vscode.workspace.onDidSaveTextDocument((saved) => this.renew(saved));
  }

  async show(command: string, of: string, network: string): Promise<void> {
    const asked: Asked = { command, network, of };
    const path = `/${network}${ENDINGS[command]}`;
    const uri = vscode.Uri.from({ scheme: SCHEME, path, query: JSON.stringify(asked) });
    this.changed.fire(uri); // what was shown of an older text
    const shown = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(shown, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true });
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const { command, of, network } = JSON.parse(uri.query) as Asked;
    const given = await this.execute(command, of, network);
    const text = given?.text ?? this.last.get(uri.toString()) ?? "";
    this.last.set(uri.toString(), text);
    return text;
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

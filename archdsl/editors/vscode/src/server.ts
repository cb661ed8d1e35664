// The language server: started, restarted, and what to do where it cannot start.
import * as vscode from "vscode";
import type { LanguageClient as Client, LanguageClientOptions } from "vscode-languageclient/node";
// @ts-expect-error: built beside this file from the package of the line above
import * as library from "./languageclient.js";
import { program, run } from "./program";

const { LanguageClient } = library as typeof import("vscode-languageclient/node");

export class Server implements vscode.Disposable {
  private client: Client | undefined;

  constructor(private readonly context: vscode.ExtensionContext) {}

  async start(): Promise<void> {
    const command = program(this.context);
    const client = new LanguageClient("archdsl", "archdsl", { command, args: ["lsp"] }, options());
    try {
      await client.start();
      this.client = client;
    } catch {
      await this.complain(command);
    }
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    await client?.dispose();
  }

  dispose(): void {
    void this.stop();
  }

  /** Says why the server does not start, in its own words where it has any. */
  private async complain(command: string): Promise<void> {
    const { told } = await run(command, ["lsp"]);
    const begin = "How to Begin";
    const reason = told.trim().split("\n")[0] || `${command} lsp does not start`;
    if ((await vscode.window.showErrorMessage(reason, begin)) === begin) {
      await vscode.commands.executeCommand("workbench.action.openWalkthrough", "archdsl.archdsl#begin");
    }
  }
}

function options(): LanguageClientOptions {
  return {
    documentSelector: [{ language: "arch" }],
    initializationOptions: { hints: vscode.workspace.getConfiguration("archdsl").get("hints") },
    synchronize: { configurationSection: "archdsl" },
    initializationFailedHandler: () => false,
    middleware: {
      // The editor proposes the same snippets itself, with or without a server.
      async provideCompletionItem(document, position, context, token, next) {
        const found = await next(document, position, context, token);
        const items = Array.isArray(found) ? found : (found?.items ?? []);
        return items.filter((item) => item.kind !== vscode.CompletionItemKind.Snippet);
      },
    },
  };
}

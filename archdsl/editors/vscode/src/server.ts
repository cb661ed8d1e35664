// The language server: started, restarted, asked, and what to do where it cannot start.
import * as vscode from "vscode";
import type { LanguageClient as Client, LanguageClientOptions, Middleware } from "vscode-languageclient/node";
// @ts-expect-error: built beside this file from the package of the line above
import * as library from "./languageclient.js";
import { program, run } from "./program";

const { LanguageClient } = library as typeof import("vscode-languageclient/node");

const SERVER = "archdsl.server."; // what the server calls its commands begins so

/** The server's command of a name. */
export const named = (name: string): string => SERVER + name;

/** Those of the server's commands that give something to show. */
export const SHOWS = ["preview", "draw", "audit", "compile", "compare"];
const SHOWN = SHOWS.map(named);

/** Shows what a command of the server gives; the arguments are those of whoever called it. */
export type Show = (command: string, args: readonly unknown[]) => Promise<void>;

export class Server implements vscode.Disposable {
  private client: Client | undefined;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly show: Show,
  ) {}

  async start(): Promise<void> {
    const command = program(this.context);
    const client = new LanguageClient("archdsl", "archdsl", { command, args: ["lsp"] }, options(this.show));
    try {
      await client.start();
      this.client = client;
    } catch {
      await complain(command);
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

  /** What a command of the server gives; nothing where it has said why not. */
  async execute<T>(command: string, ...args: (string | boolean)[]): Promise<T | undefined> {
    const given = await this.client?.sendRequest<T | null>("workspace/executeCommand", { command, arguments: args });
    return given ?? undefined;
  }

  dispose(): void {
    void this.stop();
  }
}

/** Says why the server does not start, in its own words where it has any. */
async function complain(command: string): Promise<void> {
  const { told } = await run(command, ["lsp"]);
  const begin = "How to Begin";
  const reason = told.trim().split("\n")[0] || `${command} lsp does not start`;
  if ((await vscode.window.showErrorMessage(reason, begin)) === begin) {
    await vscode.commands.executeCommand("workbench.action.openWalkthrough", "archdsl.archdsl#begin");
  }
}

function options(show: Show): LanguageClientOptions {
  return {
    documentSelector: [{ language: "arch" }],
    initializationOptions: { hints: vscode.workspace.getConfiguration("archdsl").get("hints") },
    synchronize: { configurationSection: "archdsl" },
    initializationFailedHandler: () => false,
    middleware: middleware(show),
  };
}

function middleware(show: Show): Middleware {
  return {
    // The editor proposes the same snippets itself, with or without a server.
    async provideCompletionItem(document, position, context, token, next) {
      const found = await next(document, position, context, token);
      const items = Array.isArray(found) ? found : (found?.items ?? []);
      return items.filter((item) => item.kind !== vscode.CompletionItemKind.Snippet);
    },
    executeCommand: (command, args, next) => (SHOWN.includes(command) ? show(command, args) : next(command, args)),
    window: {
      // A place in a spec is shown where the spec is. What commands give is shown by `show`.
      async showDocument({ uri, selection }) {
        const editors = vscode.window.visibleTextEditors;
        const editor = editors.find(({ document }) => document.uri.toString() === vscode.Uri.parse(uri).toString());
        if (editor && selection) {
          const { line, character } = selection.start;
          const place = new vscode.Range(line, character, line, character);
          await vscode.window.showTextDocument(editor.document, { viewColumn: editor.viewColumn, selection: place });
        }
        return { success: true };
      },
    },
  };
}

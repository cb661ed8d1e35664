// What the editor starts: the server, the commands, the task.
import * as vscode from "vscode";
import { exported } from "./export";
import { network } from "./networks";
import { page, preview } from "./preview";
import { ENDINGS, Given, Results, SCHEME } from "./results";
import { named, Server, SHOWS } from "./server";
import { tasks } from "./tasks";

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const server = new Server(context, (command, args) => show(command, args));
  const results = new Results((command, uri, name) => server.execute<Given>(command, uri, name));

  /** Shows what a command of the server gives: for the network that is named, as by the line above
   * it, or for the one that the cursor stands in. */
  async function show(command: string, [uri, given]: readonly unknown[]): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    const of = typeof uri === "string" ? uri : editor?.document.uri.toString();
    if (!of) return;
    if (command === named("preview")) {
      const address = await server.execute<string>(command, of);
      if (address) preview(context, vscode.Uri.parse(of), address);
      else await vscode.window.showInformationMessage("Save the spec first: the preview shows a file.");
      return;
    }
    const name = typeof given === "string" ? given : editor && (await network(editor));
    if (!name) return;
    if (command in ENDINGS) return results.show(command, of, name);
    const drawn = await server.execute<Given>(command, of, name);
    if (drawn) page(drawn.title, drawn.text);
  }

  const commands: Record<string, () => Promise<void>> = {
    ...Object.fromEntries(SHOWS.map((name) => [name, () => show(named(name), [])])),
    export: () => exported(server),
    restart: () => server.restart(),
    new: fresh,
  };
  for (const [name, work] of Object.entries(commands)) {
    context.subscriptions.push(vscode.commands.registerCommand(`archdsl.${name}`, work));
  }
  context.subscriptions.push(
    server,
    results,
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, results),
    vscode.tasks.registerTaskProvider("archdsl", tasks(context)),
    vscode.workspace.onDidChangeConfiguration((changed) => {
      if (changed.affectsConfiguration("archdsl.command")) void server.restart();
    }),
  );
  await server.start();
}

async function fresh(): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language: "arch" });
  await vscode.window.showTextDocument(document);
  await vscode.commands.executeCommand("editor.action.insertSnippet", { langId: "arch", name: "network" });
}

// What the editor starts: the server, the commands, the task.
import * as vscode from "vscode";
import { draw } from "./draw";
import { preview } from "./preview";
import { Results, SCHEME } from "./results";
import { Server } from "./server";
import { tasks } from "./tasks";

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const server = new Server(context);
  const results = new Results(context);
  const commands: Record<string, () => Promise<void>> = {
    preview: () => preview(context),
    draw: () => draw(context),
    audit: () => results.show("audit"),
    compile: () => results.show("compile"),
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

// Which archdsl is started, and how a command of it is run.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";

export interface Result {
  readonly status: number | null;
  readonly out: string;
  readonly told: string; // on standard error
}

/** The setting's, or the one that installed the extension, or the one on the PATH. */
export function program(context: vscode.ExtensionContext): string {
  const chosen = vscode.workspace.getConfiguration("archdsl").get<string>("command", "");
  return chosen || installer(context) || "archdsl";
}

function installer(context: vscode.ExtensionContext): string | undefined {
  const note = join(context.extensionPath, "installed.json");
  if (!existsSync(note)) return undefined;
  const { command } = JSON.parse(readFileSync(note, "utf8")) as { command: string };
  return existsSync(command) ? command : undefined;
}

/** Runs a command of archdsl to its end, on standard input. */
export function run(command: string, args: readonly string[], text = "", folder?: string): Promise<Result> {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd: folder });
    let out = "";
    let told = "";
    child.stdout.setEncoding("utf8").on("data", (piece: string) => (out += piece));
    child.stderr.setEncoding("utf8").on("data", (piece: string) => (told += piece));
    child.stdin.on("error", () => undefined); // it ended before it had read everything
    child.on("error", (error) => done({ status: null, out, told: `${command}: ${error.message}` }));
    child.on("close", (status) => done({ status, out, told }));
    child.stdin.end(text);
  });
}

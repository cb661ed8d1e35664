// The page of `archdsl serve`, from the language server, in a panel. The page runs in the panel as it
// is; what it asks its server for is carried by the extension, which runs where the server does: on
// this machine, in a container, or on the other end of a connection.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import * as vscode from "vscode";
import type { Answer, Question } from "./bridge";

const FLUSH = "<style>body { padding: 0 !important }</style>"; // the editor would leave a margin
const BESIDE = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };

/** The page at an address of this machine, about a file. */
export function preview(context: vscode.ExtensionContext, file: vscode.Uri, address: string): void {
  const bridge = readFileSync(join(context.extensionPath, "out", "bridge.js"), "utf8");
  new Panel(file, address, bridge);
}

/** A page that needs nothing else, which says itself what it may do. */
export function page(title: string, html: string): void {
  const { webview } = vscode.window.createWebviewPanel("archdsl.page", title, BESIDE, { enableScripts: true });
  webview.html = html.replace("<head>", () => `<head>${FLUSH}`);
}

class Panel {
  private readonly panel: vscode.WebviewPanel;
  private readonly ended = new AbortController();
  private allowed = new Set<string>(); // the hashes of scripts that may run

  constructor(
    file: vscode.Uri,
    private readonly address: string,
    private readonly bridge: string,
  ) {
    const title = `Preview ${basename(file.fsPath)}`;
    const how = { enableScripts: true, retainContextWhenHidden: true, localResourceRoots: [] };
    this.panel = vscode.window.createWebviewPanel("archdsl.preview", title, BESIDE, how);
    this.panel.webview.onDidReceiveMessage((asked: Question) => this.answer(asked));
    this.panel.onDidDispose(() => this.ended.abort());
    void this.show();
  }

  /** The page with its scripts inside; `further` are scripts of frames that it will show. */
  private async show(further: readonly string[] = []): Promise<void> {
    const page = await this.text("");
    const scripts: string[] = [this.bridge];
    const parts = page.split(/<script src="([^"]+)"><\/script>/);
    let html = parts[0] ?? "";
    for (let i = 1; i < parts.length; i += 2) {
      const script = await this.text(parts[i] ?? "");
      scripts.push(script);
      html += `<script>${script}</script>${parts[i + 1] ?? ""}`;
    }
    this.allowed = new Set([...scripts.map(hash), ...further]);
    const sources = [...this.allowed].map((one) => `'${one}'`).join(" ");
    const policy = `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src ${sources}`;
    const head = `<meta http-equiv="Content-Security-Policy" content="${policy}">${FLUSH}<script>${this.bridge}</script>`;
    this.panel.webview.html = html.replace("<head>", () => `<head>${head}`);
  }

  private async answer(asked: Question): Promise<void> {
    try {
      if (asked.kind === "listen") await this.listen(asked);
      else await this.fetch(asked);
    } catch {
      this.tell({ id: asked.id, kind: "lost" });
    }
  }

  private async fetch(asked: Question): Promise<void> {
    const answer = await this.ask(asked.path, asked.method);
    const body = await answer.text();
    const unknown = answer.headers.get("content-type")?.startsWith("text/html")
      ? scripts(body).filter((one) => !this.allowed.has(one))
      : [];
    if (unknown.length > 0) await this.show(unknown); // the page begins anew, and may show it
    else this.tell({ id: asked.id, kind: "answer", status: answer.status, body });
  }

  /** Every event of a stream, as long as the panel is there. */
  private async listen(asked: Question): Promise<void> {
    const answer = await this.ask(asked.path);
    let rest = "";
    const decoder = new TextDecoder();
    for await (const piece of answer.body ?? []) {
      const events = (rest + decoder.decode(piece, { stream: true })).split("\n\n");
      rest = events.pop() ?? "";
      for (const event of events) {
        const fields = new Map(event.split("\n").map((line) => line.split(": ", 2) as [string, string]));
        const name = fields.get("event") ?? "message";
        this.tell({ id: asked.id, kind: "event", name, data: fields.get("data") ?? "" });
      }
    }
    this.tell({ id: asked.id, kind: "lost" });
  }

  private ask(path: string, method = "GET"): Promise<Response> {
    return fetch(new URL(path, this.address), { method, signal: this.ended.signal });
  }

  private async text(path: string): Promise<string> {
    return (await this.ask(path)).text();
  }

  private tell(answer: Answer): void {
    if (!this.ended.signal.aborted) void this.panel.webview.postMessage(answer);
  }
}

function hash(script: string): string {
  return `sha256-${createHash("sha256").update(script).digest("base64")}`;
}

/** The hashes of the scripts that a page's own policy lets run. */
function scripts(page: string): string[] {
  const policy = /script-src ((?:'sha256-[^']+' ?)+)/.exec(page)?.[1] ?? "";
  return [...policy.matchAll(/'(sha256-[^']+)'/g)].map((found) => found[1] ?? "");
}

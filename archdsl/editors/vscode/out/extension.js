"use strict";
var __create = Object.create;
var __defProp = Object.defineProperty;
var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __getProtoOf = Object.getPrototypeOf;
var __hasOwnProp = Object.prototype.hasOwnProperty;
var __export = (target, all) => {
  for (var name in all)
    __defProp(target, name, { get: all[name], enumerable: true });
};
var __copyProps = (to, from, except, desc) => {
  if (from && typeof from === "object" || typeof from === "function") {
    for (let key of __getOwnPropNames(from))
      if (!__hasOwnProp.call(to, key) && key !== except)
        __defProp(to, key, { get: () => from[key], enumerable: !(desc = __getOwnPropDesc(from, key)) || desc.enumerable });
  }
  return to;
};
var __toESM = (mod, isNodeMode, target) => (target = mod != null ? __create(__getProtoOf(mod)) : {}, __copyProps(
  // If the importer is in node compatibility mode or this is not an ESM
  // file that has been converted to a CommonJS file using a Babel-
  // compatible transform (i.e. "__esModule" has not been set), then set
  // "default" to the CommonJS "module.exports" for node compatibility.
  isNodeMode || !mod || !mod.__esModule ? __defProp(target, "default", { value: mod, enumerable: true }) : target,
  mod
));
var __toCommonJS = (mod) => __copyProps(__defProp({}, "__esModule", { value: true }), mod);

// src/extension.ts
var extension_exports = {};
__export(extension_exports, {
  activate: () => activate
});
module.exports = __toCommonJS(extension_exports);
var vscode8 = __toESM(require("vscode"));

// src/draw.ts
var vscode3 = __toESM(require("vscode"));

// src/networks.ts
var vscode = __toESM(require("vscode"));
var DECLARATION = /^(network|block|fn|from)\s+"?(\w+)/;
async function network(editor) {
  const names = [];
  let here;
  for (let line = 0; line < editor.document.lineCount; line++) {
    const [, word, name] = DECLARATION.exec(editor.document.lineAt(line).text) ?? [];
    if (word === "network" && name) names.push(name);
    if (word && line <= editor.selection.active.line) here = word === "network" ? name : void 0;
  }
  if (here ?? names.length < 2) return here ?? names[0] ?? "";
  return vscode.window.showQuickPick(names, { placeHolder: "Which network?" });
}

// src/program.ts
var import_node_child_process = require("node:child_process");
var import_node_fs = require("node:fs");
var import_node_path = require("node:path");
var vscode2 = __toESM(require("vscode"));
function program(context) {
  const chosen = vscode2.workspace.getConfiguration("archdsl").get("command", "");
  return chosen || installer(context) || "archdsl";
}
function installer(context) {
  const note = (0, import_node_path.join)(context.extensionPath, "installed.json");
  if (!(0, import_node_fs.existsSync)(note)) return void 0;
  const { command } = JSON.parse((0, import_node_fs.readFileSync)(note, "utf8"));
  return (0, import_node_fs.existsSync)(command) ? command : void 0;
}
function run(command, args, text = "", folder) {
  return new Promise((done) => {
    const child = (0, import_node_child_process.spawn)(command, args, { cwd: folder });
    let out = "";
    let told = "";
    child.stdout.setEncoding("utf8").on("data", (piece) => out += piece);
    child.stderr.setEncoding("utf8").on("data", (piece) => told += piece);
    child.stdin.on("error", () => void 0);
    child.on("error", (error) => done({ status: null, out, told: `${command}: ${error.message}` }));
    child.on("close", (status) => done({ status, out, told }));
    child.stdin.end(text);
  });
}
function runOn(command, [word, ...args], document, network2) {
  const folder = document.uri.scheme === "file" ? (0, import_node_path.dirname)(document.uri.fsPath) : void 0;
  return run(command, [word, network2 ? `-:${network2}` : "-", ...args], document.getText(), folder);
}

// src/draw.ts
var FORMATS = { SVG: ["svg"], PNG: ["png"], PDF: ["pdf"], HTML: ["html"] };
async function draw(context) {
  const editor = vscode3.window.activeTextEditor;
  const name = editor && await network(editor);
  if (!editor || name === void 0) return;
  const document = editor.document;
  const beside = vscode3.Uri.joinPath(document.uri, "..", `${name || "network"}.svg`);
  const target = await vscode3.window.showSaveDialog({ defaultUri: beside, filters: FORMATS });
  if (!target) return;
  const drawn = (...further) => runOn(program(context), ["draw", "-o", target.fsPath, ...further], document, name);
  let { status, told } = await drawn();
  if (status !== 0 && told.includes("--force")) {
    const replace = await vscode3.window.showErrorMessage(told.trim(), "Replace");
    if (!replace) return;
    ({ status, told } = await drawn("--force"));
  }
  if (status === 0) await shown(target);
  else await vscode3.window.showErrorMessage(told.trim());
}
async function shown(target) {
  const open = await vscode3.window.showInformationMessage(`Drawn: ${target.fsPath}`, "Open");
  if (open) await vscode3.commands.executeCommand("vscode.open", target);
}

// src/preview.ts
var import_node_child_process2 = require("node:child_process");
var import_node_crypto = require("node:crypto");
var import_node_fs2 = require("node:fs");
var import_node_path2 = require("node:path");
var vscode4 = __toESM(require("vscode"));
var FLUSH = "<style>body { padding: 0 !important }</style>";
async function preview(context) {
  const document = vscode4.window.activeTextEditor?.document;
  if (!document) return;
  if (document.uri.scheme !== "file") {
    await vscode4.window.showInformationMessage("Save the spec first: the preview shows a file.");
    return;
  }
  const child = (0, import_node_child_process2.spawn)(program(context), ["serve", document.uri.fsPath], { stdio: ["ignore", "pipe", "pipe"] });
  try {
    const address = await firstLine(child);
    const bridge = (0, import_node_fs2.readFileSync)((0, import_node_path2.join)(context.extensionPath, "out", "bridge.js"), "utf8");
    new Panel(document.uri, address, bridge, child);
  } catch (error) {
    child.kill();
    await vscode4.window.showErrorMessage(String(error instanceof Error ? error.message : error));
  }
}
function firstLine(child) {
  return new Promise((done, failed) => {
    let out = "";
    let told = "";
    child.on("error", failed);
    child.stderr.setEncoding("utf8").on("data", (piece) => told += piece);
    child.stdout.setEncoding("utf8").on("data", (piece) => {
      out += piece;
      if (out.includes("\n")) done(out.slice(0, out.indexOf("\n")));
    });
    child.on("close", () => failed(new Error(told.trim() || "archdsl serve has ended")));
  });
}
var Panel = class {
  // the hashes of scripts that may run
  constructor(file, address, bridge, child) {
    this.address = address;
    this.bridge = bridge;
    const title = `Preview ${(0, import_node_path2.basename)(file.fsPath)}`;
    const where = { viewColumn: vscode4.ViewColumn.Beside, preserveFocus: true };
    const how = { enableScripts: true, retainContextWhenHidden: true, localResourceRoots: [] };
    this.panel = vscode4.window.createWebviewPanel("archdsl.preview", title, where, how);
    this.panel.webview.onDidReceiveMessage((asked) => this.answer(asked));
    this.panel.onDidDispose(() => {
      this.ended.abort();
      child.kill();
    });
    void this.show();
  }
  address;
  bridge;
  panel;
  ended = new AbortController();
  allowed = /* @__PURE__ */ new Set();
  /** The page with its scripts inside; `further` are scripts of frames that it will show. */
  async show(further = []) {
    const page = await this.text("");
    const scripts2 = [this.bridge];
    const parts = page.split(/<script src="([^"]+)"><\/script>/);
    let html = parts[0] ?? "";
    for (let i = 1; i < parts.length; i += 2) {
      const script = await this.text(parts[i] ?? "");
      scripts2.push(script);
      html += `<script>${script}</script>${parts[i + 1] ?? ""}`;
    }
    this.allowed = /* @__PURE__ */ new Set([...scripts2.map(hash), ...further]);
    const sources = [...this.allowed].map((one) => `'${one}'`).join(" ");
    const policy = `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src ${sources}`;
    const head = `<meta http-equiv="Content-Security-Policy" content="${policy}">${FLUSH}<script>${this.bridge}</script>`;
    this.panel.webview.html = html.replace("<head>", () => `<head>${head}`);
  }
  async answer(asked) {
    try {
      if (asked.kind === "listen") await this.listen(asked);
      else await this.fetch(asked);
    } catch {
      this.tell({ id: asked.id, kind: "lost" });
    }
  }
  async fetch(asked) {
    const answer = await this.ask(asked.path);
    const body = await answer.text();
    const unknown = answer.headers.get("content-type")?.startsWith("text/html") ? scripts(body).filter((one) => !this.allowed.has(one)) : [];
    if (unknown.length > 0) await this.show(unknown);
    else this.tell({ id: asked.id, kind: "answer", status: answer.status, body });
  }
  /** Every event of a stream, as long as the panel is there. */
  async listen(asked) {
    const answer = await this.ask(asked.path);
    let rest = "";
    const decoder = new TextDecoder();
    for await (const piece of answer.body ?? []) {
      const events = (rest + decoder.decode(piece, { stream: true })).split("\n\n");
      rest = events.pop() ?? "";
      for (const event of events) this.tell({ id: asked.id, kind: "event", data: event.replace(/^data: /, "") });
    }
    this.tell({ id: asked.id, kind: "lost" });
  }
  ask(path) {
    return fetch(new URL(path, this.address), { signal: this.ended.signal });
  }
  async text(path) {
    return (await this.ask(path)).text();
  }
  tell(answer) {
    if (!this.ended.signal.aborted) void this.panel.webview.postMessage(answer);
  }
};
function hash(script) {
  return `sha256-${(0, import_node_crypto.createHash)("sha256").update(script).digest("base64")}`;
}
function scripts(page) {
  const policy = /script-src ((?:'sha256-[^']+' ?)+)/.exec(page)?.[1] ?? "";
  return [...policy.matchAll(/'(sha256-[^']+)'/g)].map((found) => found[1] ?? "");
}

// src/results.ts
var vscode5 = __toESM(require("vscode"));
var SCHEME = "archdsl";
var ENDINGS = { audit: ".audit.txt", compile: ".py" };
var Results = class {
  constructor(context) {
    this.context = context;
    this.saves = vscode5.workspace.onDidSaveTextDocument((saved) => this.renew(saved));
  }
  context;
  changed = new vscode5.EventEmitter();
  saves;
  onDidChange = this.changed.event;
  async show(kind) {
    const editor = vscode5.window.activeTextEditor;
    const name = editor && await network(editor);
    if (!editor || name === void 0) return;
    const asked = { kind, network: name, of: editor.document.uri.toString() };
    const path = `/${name || "network"}${ENDINGS[kind]}`;
    const uri = vscode5.Uri.from({ scheme: SCHEME, path, query: JSON.stringify(asked) });
    this.changed.fire(uri);
    const shown2 = await vscode5.workspace.openTextDocument(uri);
    await vscode5.window.showTextDocument(shown2, { viewColumn: vscode5.ViewColumn.Beside, preserveFocus: true });
  }
  async provideTextDocumentContent(uri) {
    const asked = JSON.parse(uri.query);
    const document = await vscode5.workspace.openTextDocument(vscode5.Uri.parse(asked.of));
    const { status, out, told } = await runOn(program(this.context), [asked.kind], document, asked.network);
    return status === 0 ? out : told;
  }
  renew(saved) {
    for (const { uri } of vscode5.workspace.textDocuments) {
      if (uri.scheme !== SCHEME) continue;
      if (JSON.parse(uri.query).of === saved.uri.toString()) this.changed.fire(uri);
    }
  }
  dispose() {
    this.saves.dispose();
    this.changed.dispose();
  }
};

// src/server.ts
var vscode6 = __toESM(require("vscode"));
var library = __toESM(require("./languageclient.js"));
var { LanguageClient } = library;
var Server = class {
  constructor(context) {
    this.context = context;
  }
  context;
  client;
  async start() {
    const command = program(this.context);
    const client = new LanguageClient("archdsl", "archdsl", { command, args: ["lsp"] }, options());
    try {
      await client.start();
      this.client = client;
    } catch {
      await this.complain(command);
    }
  }
  async restart() {
    await this.stop();
    await this.start();
  }
  async stop() {
    const client = this.client;
    this.client = void 0;
    await client?.dispose();
  }
  dispose() {
    void this.stop();
  }
  /** Says why the server does not start, in its own words where it has any. */
  async complain(command) {
    const { told } = await run(command, ["lsp"]);
    const begin = "How to Begin";
    const reason = told.trim().split("\n")[0] || `${command} lsp does not start`;
    if (await vscode6.window.showErrorMessage(reason, begin) === begin) {
      await vscode6.commands.executeCommand("workbench.action.openWalkthrough", "archdsl.archdsl#begin");
    }
  }
};
function options() {
  return {
    documentSelector: [{ language: "arch" }],
    initializationOptions: { hints: vscode6.workspace.getConfiguration("archdsl").get("hints") },
    synchronize: { configurationSection: "archdsl" },
    initializationFailedHandler: () => false,
    middleware: {
      // The editor proposes the same snippets itself, with or without a server.
      async provideCompletionItem(document, position, context, token, next) {
        const found = await next(document, position, context, token);
        const items = Array.isArray(found) ? found : found?.items ?? [];
        return items.filter((item) => item.kind !== vscode6.CompletionItemKind.Snippet);
      }
    }
  };
}

// src/tasks.ts
var vscode7 = __toESM(require("vscode"));
var TYPE = "archdsl";
function tasks(context) {
  return {
    provideTasks: () => (vscode7.workspace.workspaceFolders ?? []).map((folder) => check(context, { type: TYPE }, folder)),
    resolveTask: (task) => check(context, task.definition, task.scope)
  };
}
function check(context, definition, scope) {
  const started = new vscode7.ProcessExecution(program(context), ["check"]);
  const task = new vscode7.Task(definition, scope ?? vscode7.TaskScope.Workspace, "check", TYPE, started, "$archdsl");
  task.group = vscode7.TaskGroup.Test;
  return task;
}

// src/extension.ts
async function activate(context) {
  const server = new Server(context);
  const results = new Results(context);
  const commands4 = {
    preview: () => preview(context),
    draw: () => draw(context),
    audit: () => results.show("audit"),
    compile: () => results.show("compile"),
    restart: () => server.restart(),
    new: fresh
  };
  for (const [name, work] of Object.entries(commands4)) {
    context.subscriptions.push(vscode8.commands.registerCommand(`archdsl.${name}`, work));
  }
  context.subscriptions.push(
    server,
    results,
    vscode8.workspace.registerTextDocumentContentProvider(SCHEME, results),
    vscode8.tasks.registerTaskProvider("archdsl", tasks(context)),
    vscode8.workspace.onDidChangeConfiguration((changed) => {
      if (changed.affectsConfiguration("archdsl.command")) void server.restart();
    })
  );
  await server.start();
}
async function fresh() {
  const document = await vscode8.workspace.openTextDocument({ language: "arch" });
  await vscode8.window.showTextDocument(document);
  await vscode8.commands.executeCommand("editor.action.insertSnippet", { langId: "arch", name: "network" });
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  activate
});

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

// src/export.ts
var vscode4 = __toESM(require("vscode"));

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

// src/server.ts
var vscode3 = __toESM(require("vscode"));
var library = __toESM(require("./languageclient.js"));

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

// src/server.ts
var { LanguageClient } = library;
var SERVER = "archdsl.server.";
var named = (name) => SERVER + name;
var SHOWS = ["preview", "draw", "audit", "compile", "compare"];
var SHOWN = SHOWS.map(named);
var Server = class {
  constructor(context, show) {
    this.context = context;
    this.show = show;
  }
  context;
  show;
  client;
  async start() {
    const command = program(this.context);
    const client = new LanguageClient("archdsl", "archdsl", { command, args: ["lsp"] }, options(this.show));
    try {
      await client.start();
      this.client = client;
    } catch {
      await complain(command);
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
  /** What a command of the server gives; nothing where it has said why not. */
  async execute(command, ...args) {
    const given = await this.client?.sendRequest("workspace/executeCommand", { command, arguments: args });
    return given ?? void 0;
  }
  dispose() {
    void this.stop();
  }
};
async function complain(command) {
  const { told } = await run(command, ["lsp"]);
  const begin = "How to Begin";
  const reason = told.trim().split("\n")[0] || `${command} lsp does not start`;
  if (await vscode3.window.showErrorMessage(reason, begin) === begin) {
    await vscode3.commands.executeCommand("workbench.action.openWalkthrough", "archdsl.archdsl#begin");
  }
}
function options(show) {
  return {
    documentSelector: [{ language: "arch" }],
    initializationOptions: { hints: vscode3.workspace.getConfiguration("archdsl").get("hints") },
    synchronize: { configurationSection: "archdsl" },
    initializationFailedHandler: () => false,
    middleware: middleware(show)
  };
}
function middleware(show) {
  return {
    // The editor proposes the same snippets itself, with or without a server.
    async provideCompletionItem(document, position, context, token, next) {
      const found = await next(document, position, context, token);
      const items = Array.isArray(found) ? found : found?.items ?? [];
      return items.filter((item) => item.kind !== vscode3.CompletionItemKind.Snippet);
    },
    executeCommand: (command, args, next) => SHOWN.includes(command) ? show(command, args) : next(command, args),
    window: {
      // A place in a spec is shown where the spec is. What commands give is shown by `show`.
      async showDocument({ uri, selection }) {
        const editors = vscode3.window.visibleTextEditors;
        const editor = editors.find(({ document }) => document.uri.toString() === vscode3.Uri.parse(uri).toString());
        if (editor && selection) {
          const { line, character } = selection.start;
          const place = new vscode3.Range(line, character, line, character);
          await vscode3.window.showTextDocument(editor.document, { viewColumn: editor.viewColumn, selection: place });
        }
        return { success: true };
      }
    }
  };
}

// src/export.ts
var FORMATS = { SVG: ["svg"], PNG: ["png"], PDF: ["pdf"], HTML: ["html"] };
async function exported(server) {
  const editor = vscode4.window.activeTextEditor;
  const name = editor && await network(editor);
  if (!editor || name === void 0) return;
  const document = editor.document;
  const beside = vscode4.Uri.joinPath(document.uri, "..", `${name || "network"}.svg`);
  const target = await vscode4.window.showSaveDialog({ defaultUri: beside, filters: FORMATS });
  if (!target) return;
  const drawn = (replace) => server.execute(named("export"), document.uri.toString(), name, target.fsPath, replace);
  let told = await drawn(false);
  if (told?.taken) {
    const replace = await vscode4.window.showErrorMessage(told.taken, "Replace");
    if (!replace) return;
    told = await drawn(true);
  }
  if (told?.refused) await vscode4.window.showErrorMessage(told.refused);
  else if (told) await shown(target);
}
async function shown(target) {
  const open = await vscode4.window.showInformationMessage(`Drawn: ${target.fsPath}`, "Open");
  if (open) await vscode4.commands.executeCommand("vscode.open", target);
}

// src/preview.ts
var import_node_crypto = require("node:crypto");
var import_node_fs2 = require("node:fs");
var import_node_path2 = require("node:path");
var vscode5 = __toESM(require("vscode"));
var FLUSH = "<style>body { padding: 0 !important }</style>";
var BESIDE = { viewColumn: vscode5.ViewColumn.Beside, preserveFocus: true };
function preview(context, file, address) {
  const bridge = (0, import_node_fs2.readFileSync)((0, import_node_path2.join)(context.extensionPath, "out", "bridge.js"), "utf8");
  new Panel(file, address, bridge);
}
function page(title, html) {
  const { webview } = vscode5.window.createWebviewPanel("archdsl.page", title, BESIDE, { enableScripts: true });
  webview.html = html.replace("<head>", () => `<head>${FLUSH}`);
}
var Panel = class {
  // the hashes of scripts that may run
  constructor(file, address, bridge) {
    this.address = address;
    this.bridge = bridge;
    const title = `Preview ${(0, import_node_path2.basename)(file.fsPath)}`;
    const how = { enableScripts: true, retainContextWhenHidden: true, localResourceRoots: [] };
    this.panel = vscode5.window.createWebviewPanel("archdsl.preview", title, BESIDE, how);
    this.panel.webview.onDidReceiveMessage((asked) => this.answer(asked));
    this.panel.onDidDispose(() => this.ended.abort());
    void this.show();
  }
  address;
  bridge;
  panel;
  ended = new AbortController();
  allowed = /* @__PURE__ */ new Set();
  /** The page with its scripts inside; `further` are scripts of frames that it will show. */
  async show(further = []) {
    const page2 = await this.text("");
    const scripts2 = [this.bridge];
    const parts = page2.split(/<script src="([^"]+)"><\/script>/);
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
    const answer = await this.ask(asked.path, asked.method);
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
      for (const event of events) {
        const fields = new Map(event.split("\n").map((line) => line.split(": ", 2)));
        const name = fields.get("event") ?? "message";
        this.tell({ id: asked.id, kind: "event", name, data: fields.get("data") ?? "" });
      }
    }
    this.tell({ id: asked.id, kind: "lost" });
  }
  ask(path, method = "GET") {
    return fetch(new URL(path, this.address), { method, signal: this.ended.signal });
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
function scripts(page2) {
  const policy = /script-src ((?:'sha256-[^']+' ?)+)/.exec(page2)?.[1] ?? "";
  return [...policy.matchAll(/'(sha256-[^']+)'/g)].map((found) => found[1] ?? "");
}

// src/results.ts
var vscode6 = __toESM(require("vscode"));
var SCHEME = "archdsl";
var ENDINGS = {
  "archdsl.server.audit": ".audit.txt",
  "archdsl.server.compare": ".changes.txt",
  "archdsl.server.compile": ".py"
};
var Results = class {
  constructor(execute) {
    this.execute = execute;
    this.saves = vscode6.workspace.onDidSaveTextDocument((saved) => this.renew(saved));
  }
  execute;
  changed = new vscode6.EventEmitter();
  saves;
  last = /* @__PURE__ */ new Map();
  // stays where there is nothing to show
  onDidChange = this.changed.event;
  async show(command, of, network2) {
    const asked = { command, network: network2, of };
    const path = `/${network2}${ENDINGS[command]}`;
    const uri = vscode6.Uri.from({ scheme: SCHEME, path, query: JSON.stringify(asked) });
    this.changed.fire(uri);
    const shown2 = await vscode6.workspace.openTextDocument(uri);
    await vscode6.window.showTextDocument(shown2, { viewColumn: vscode6.ViewColumn.Beside, preserveFocus: true });
  }
  async provideTextDocumentContent(uri) {
    const { command, of, network: network2 } = JSON.parse(uri.query);
    const given = await this.execute(command, of, network2);
    const text = given?.text ?? this.last.get(uri.toString()) ?? "";
    this.last.set(uri.toString(), text);
    return text;
  }
  renew(saved) {
    for (const { uri } of vscode6.workspace.textDocuments) {
      if (uri.scheme !== SCHEME) continue;
      if (JSON.parse(uri.query).of === saved.uri.toString()) this.changed.fire(uri);
    }
  }
  dispose() {
    this.saves.dispose();
    this.changed.dispose();
  }
};

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
  const server = new Server(context, (command, args) => show(command, args));
  const results = new Results((command, uri, name) => server.execute(command, uri, name));
  async function show(command, [uri, given]) {
    const editor = vscode8.window.activeTextEditor;
    const of = typeof uri === "string" ? uri : editor?.document.uri.toString();
    if (!of) return;
    if (command === named("preview")) {
      const address = await server.execute(command, of);
      if (address) preview(context, vscode8.Uri.parse(of), address);
      else await vscode8.window.showInformationMessage("Save the spec first: the preview shows a file.");
      return;
    }
    const name = typeof given === "string" ? given : editor && await network(editor);
    if (!name) return;
    if (command in ENDINGS) return results.show(command, of, name);
    const drawn = await server.execute(command, of, name);
    if (drawn) page(drawn.title, drawn.text);
  }
  const commands4 = {
    ...Object.fromEntries(SHOWS.map((name) => [name, () => show(named(name), [])])),
    export: () => exported(server),
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

"use strict";
(() => {
  // src/bridge.ts
  var host = acquireVsCodeApi();
  var waiting = /* @__PURE__ */ new Map();
  var asked = 0;
  function ask(question, heard) {
    const id = ++asked;
    waiting.set(id, heard);
    host.postMessage({ id, ...question });
  }
  window.addEventListener("message", ({ data }) => waiting.get(data.id)?.(data));
  window.fetch = (path, how) => new Promise((done, failed) => {
    ask({ kind: "fetch", path: String(path), method: how?.method }, (answer) => {
      waiting.delete(answer.id);
      if (answer.kind === "answer") done(new Response(answer.body, { status: answer.status }));
      else failed(new TypeError("archdsl serve has ended"));
    });
  });
  var Stream = class {
    onmessage = null;
    onerror = null;
    named = /* @__PURE__ */ new Map();
    constructor(path) {
      ask({ kind: "listen", path }, (answer) => {
        if (answer.kind !== "event") this.onerror?.();
        else if (answer.name === "message") this.onmessage?.({ data: answer.data });
        else this.named.get(answer.name)?.({ data: answer.data });
      });
    }
    addEventListener(name, heard) {
      this.named.set(name, heard);
    }
  };
  Object.assign(window, { EventSource: Stream });
  Object.defineProperty(HTMLIFrameElement.prototype, "src", {
    set(path) {
      void fetch(path).then((answer) => answer.text()).then((page) => this.srcdoc = page);
    }
  });
})();

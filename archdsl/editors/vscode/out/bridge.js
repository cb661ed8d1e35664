"use strict";
(() => {
  // src/bridge.ts
  var host = acquireVsCodeApi();
  var waiting = /* @__PURE__ */ new Map();
  var asked = 0;
  function ask(kind, path, heard) {
    const id = ++asked;
    waiting.set(id, heard);
    host.postMessage({ id, kind, path });
  }
  window.addEventListener("message", ({ data }) => waiting.get(data.id)?.(data));
  window.fetch = (path) => new Promise((done, failed) => {
    ask("fetch", String(path), (answer) => {
      waiting.delete(answer.id);
      if (answer.kind === "answer") done(new Response(answer.body, { status: answer.status }));
      else failed(new TypeError("archdsl serve has ended"));
    });
  });
  var Stream = class {
    onmessage = null;
    onerror = null;
    constructor(path) {
      ask("listen", path, (answer) => {
        if (answer.kind === "event") this.onmessage?.({ data: answer.data });
        else this.onerror?.();
      });
    }
  };
  Object.assign(window, { EventSource: Stream });
  Object.defineProperty(HTMLIFrameElement.prototype, "src", {
    set(path) {
      void fetch(path).then((answer) => answer.text()).then((page) => this.srcdoc = page);
    }
  });
})();

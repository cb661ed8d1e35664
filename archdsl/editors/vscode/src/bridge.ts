// In the panel, before the page's own script: what the page fetches, listens to and shows in a
// frame comes by messages, since a panel cannot reach the server's address.

export interface Question {
  readonly id: number;
  readonly kind: "fetch" | "listen";
  readonly path: string;
}

export type Answer =
  | { readonly id: number; readonly kind: "answer"; readonly status: number; readonly body: string }
  | { readonly id: number; readonly kind: "event"; readonly data: string }
  | { readonly id: number; readonly kind: "lost" };

declare function acquireVsCodeApi(): { postMessage(message: Question): void };

const host = acquireVsCodeApi();
const waiting = new Map<number, (answer: Answer) => void>();
let asked = 0;

function ask(kind: Question["kind"], path: string, heard: (answer: Answer) => void): void {
  const id = ++asked;
  waiting.set(id, heard);
  host.postMessage({ id, kind, path });
}

window.addEventListener("message", ({ data }: MessageEvent<Answer>) => waiting.get(data.id)?.(data));

window.fetch = (path) =>
  new Promise((done, failed) => {
    ask("fetch", String(path), (answer) => {
      waiting.delete(answer.id);
      if (answer.kind === "answer") done(new Response(answer.body, { status: answer.status }));
      else failed(new TypeError("archdsl serve has ended"));
    });
  });

class Stream {
  onmessage: ((event: { data: string }) => void) | null = null;
  onerror: (() => void) | null = null;

  constructor(path: string) {
    ask("listen", path, (answer) => {
      if (answer.kind === "event") this.onmessage?.({ data: answer.data });
      else this.onerror?.();
    });
  }
}

Object.assign(window, { EventSource: Stream });

Object.defineProperty(HTMLIFrameElement.prototype, "src", {
  set(this: HTMLIFrameElement, path: string) {
    void fetch(path)
      .then((answer) => answer.text())
      .then((page) => (this.srcdoc = page));
  },
});

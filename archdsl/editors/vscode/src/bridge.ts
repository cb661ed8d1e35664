// In the panel, before the page's own script: what the page fetches, listens to and shows in a
// frame comes by messages, since a panel cannot reach the server's address.

export interface Question {
  readonly id: number;
  readonly kind: "fetch" | "listen";
  readonly path: string;
  readonly method?: string;
}

export type Answer =
  | { readonly id: number; readonly kind: "answer"; readonly status: number; readonly body: string }
  | { readonly id: number; readonly kind: "event"; readonly name: string; readonly data: string }
  | { readonly id: number; readonly kind: "lost" };

declare function acquireVsCodeApi(): { postMessage(message: Question): void };

const host = acquireVsCodeApi();
const waiting = new Map<number, (answer: Answer) => void>();
let asked = 0;

function ask(question: Omit<Question, "id">, heard: (answer: Answer) => void): void {
  const id = ++asked;
  waiting.set(id, heard);
  host.postMessage({ id, ...question });
}

window.addEventListener("message", ({ data }: MessageEvent<Answer>) => waiting.get(data.id)?.(data));

window.fetch = (path, how) =>
  new Promise((done, failed) => {
    ask({ kind: "fetch", path: String(path), method: how?.method }, (answer) => {
      waiting.delete(answer.id);
      if (answer.kind === "answer") done(new Response(answer.body, { status: answer.status }));
      else failed(new TypeError("archdsl serve has ended"));
    });
  });

type Heard = (event: { data: string }) => void;

class Stream {
  onmessage: Heard | null = null;
  onerror: (() => void) | null = null;
  private readonly named = new Map<string, Heard>();

  constructor(path: string) {
    ask({ kind: "listen", path }, (answer) => {
      if (answer.kind !== "event") this.onerror?.();
      else if (answer.name === "message") this.onmessage?.({ data: answer.data });
      else this.named.get(answer.name)?.({ data: answer.data });
    });
  }

  addEventListener(name: string, heard: Heard): void {
    this.named.set(name, heard);
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

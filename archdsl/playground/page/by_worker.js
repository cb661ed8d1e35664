// Answers by archdsl in this browser: a worker runs it, and what is asked waits until it has begun.
//
// The answers of the first page lie beside it, so that its picture need not wait.

export const GONE = "archdsl could not be started in this browser";

export function start(progress, lost) {
  const waiting = new Map();
  const first = fetch("first.json").then((answer) => answer.json());
  let count = 0;
  let worker = begin();

  function begin() {
    const begun = new Worker("worker.js", { type: "module" });
    begun.onmessage = ({ data }) => {
      if (data.progress !== undefined) return progress(data.progress);
      if (data.broken) return restart(data.broken);
      waiting.get(data.id)?.resolve(JSON.parse(data.answer));
      waiting.delete(data.id);
    };
    begun.onerror = () => {
      progress("");
      lost();
    };
    return begun;
  }

  // After a failure that Python does not survive, whoever waits is told, and a new worker begins.
  function restart(why) {
    const lost = [...waiting.values()];
    waiting.clear();
    worker.terminate();
    worker = begin();
    const words = `The compiler came to an end on this text and begins anew (${why.slice(0, 80)})`;
    for (const { reject } of lost) reject(new Error(words));
  }

  return async function ask(message) {
    const text = JSON.stringify(message);
    const known = (await first)[text];
    if (known) return known;
    return new Promise((resolve, reject) => {
      waiting.set(++count, { resolve, reject });
      worker.postMessage({ id: count, message: text });
    });
  };
}

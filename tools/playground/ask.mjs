// The collected compiler, run by Node as the page's worker runs it: messages, one a line, on the
// standard input → answers, one a line.

import { readFileSync } from "node:fs";

const site = new URL(process.argv[2]);
globalThis.fetch = async (name) => new Response(readFileSync(new URL(name, site)));
const answers = [];
const asked = readFileSync(0, "utf-8").split("\n").filter(Boolean);
globalThis.postMessage = ({ id, answer, broken }) => {
  if (broken) throw new Error(broken);
  if (id) answers.push(answer);
};
globalThis.onmessage = null;
await import(new URL("worker.js", site));
for (const [index, message] of asked.entries()) {
  await globalThis.onmessage({ data: { id: index + 1, message } });
}
process.stdout.write(answers.join("\n"), () => process.exit(0));

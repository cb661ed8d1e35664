// Compiles archdsl and what it imports in Pyodide, lets it remember what it remembers between runs,
// and packs all of it: `packages.zip`, and `first.json` with the answers to the first questions.

import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { Graphviz } from "@hpcc-js/wasm-graphviz";
import { loadPyodide } from "pyodide";

const [sources, wheels, first, site] = process.argv.slice(2);
const bytes = (path) => new Uint8Array(readFileSync(path));

const pyodide = await loadPyodide({ env: { HOME: "/home/archdsl", PYDANTIC_DISABLE_PLUGINS: "__all__" } });
const graphviz = await Graphviz.load();
pyodide.globals.set("layout", (text) => graphviz.layout(text, "json0", "dot"));
pyodide.FS.mkdir("/wheels");
for (const name of readdirSync(wheels)) pyodide.FS.writeFile(`/wheels/${name}`, bytes(`${wheels}/${name}`));
pyodide.FS.writeFile("/wheels/sources.zip", bytes(sources));

const answer = pyodide.runPython(readFileSync(new URL("freeze.py", import.meta.url), "utf-8"));
const questions = JSON.parse(readFileSync(first, "utf-8")).map((one) => JSON.stringify(one));
const answers = questions.map((question) => [question, JSON.parse(answer(question))]);
for (const [question, given] of answers) {
  if (given.refused !== undefined) throw new Error(`${question}: ${given.refused}`);
}
writeFileSync(`${site}/first.json`, JSON.stringify(Object.fromEntries(answers)));

pyodide.runPython("pack()");
writeFileSync(`${site}/packages.zip`, pyodide.FS.readFile("/packages.zip"));

// archdsl in a worker of the browser: Pyodide runs it, and Graphviz, also compiled for browsers,
// lays out for it. Messages come and go as JSON, one after the other.

import { Graphviz } from "./graphviz.js";
import { loadPyodide } from "./pyodide/pyodide.mjs";

const MOMENT = 1_000_000_000; // seconds: the time of every file, as `tools/playground` sets it
const ready = begin();

onmessage = async ({ data: { id, message } }) => {
  try {
    const answer = await ready;
    postMessage({ id, answer: answer(message) });
  } catch (error) {
    postMessage({ id, broken: String(error.message ?? error) });
  }
};

async function begin() {
  postMessage({ progress: "loading Python" });
  const packages = fetched("packages.zip");
  const [pyodide, graphviz] = await Promise.all([
    loadPyodide({ env: { HOME: "/home/archdsl", PYDANTIC_DISABLE_PLUGINS: "__all__" } }),
    Graphviz.load(),
  ]);
  postMessage({ progress: "loading archdsl" });
  const answer = unpacked(pyodide, await packages, (text) => graphviz.layout(text, "json0", "dot"));
  postMessage({ progress: "" });
  return answer;
}

async function fetched(name) {
  const answer = await fetch(name);
  if (!answer.ok) throw new Error(`${name} is missing`);
  return new Uint8Array(await answer.arrayBuffer());
}

// The packages stand where they stood when they were compiled, and are as old, so that what archdsl
// remembers holds for them.
function unpacked(pyodide, packages, layout) {
  pyodide.FS.writeFile("/packages.zip", packages);
  pyodide.globals.set("layout", layout);
  pyodide.globals.set("MOMENT", MOMENT);
  const start = pyodide.runPython(`
import os, sys, zipfile
from pathlib import Path

def unpack(archive):
    with zipfile.ZipFile(archive) as packages:
        packages.extractall("/")
    os.unlink(archive)
    for place in [Path("/packages"), *Path("/packages").rglob("*")]:
        os.utime(place, (MOMENT, MOMENT))

def begin():
    unpack("/packages.zip")
    sys.path.insert(0, "/packages")
    from archdsl.backends.figure.graphviz import lay_out_by
    from archdsl.playground.answers import answer
    lay_out_by(lambda text: str(layout(text)))
    return lambda message: answer(message.encode()).decode()

begin
`);
  return start();
}

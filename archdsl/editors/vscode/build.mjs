// `npm run build`: the sources as the files in `out` that an editor loads. The language client of
// VS Code is a file of its own, so that ours stay as readable as they were written.
import { build } from "esbuild";
import { readFile, readdir, writeFile } from "node:fs/promises";

const common = { bundle: true, logLevel: "warning", target: "es2022", charset: "utf8" };
const node = { ...common, platform: "node", format: "cjs" };

await build({
  ...node,
  entryPoints: ["src/extension.ts"],
  outfile: "out/extension.js",
  external: ["vscode", "./languageclient.js"],
});
await build({
  ...common,
  entryPoints: ["src/bridge.ts"],
  outfile: "out/bridge.js",
  format: "iife",
});
const client = await build({
  ...node,
  stdin: { contents: 'export * from "vscode-languageclient/node";', resolveDir: "." },
  outfile: "out/languageclient.js",
  external: ["vscode"],
  minify: true,
  legalComments: "none",
  metafile: true,
});
await writeFile("out/languageclient.LICENSES.txt", await licences(Object.keys(client.metafile.inputs)));

/** The licences of the packages that these files belong to, one after the other. */
async function licences(files) {
  const named = files.map((file) => file.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1]);
  const packages = [...new Set(named.filter(Boolean))].sort();
  return (await Promise.all(packages.map(licence))).join("\n");
}

async function licence(name) {
  const folder = `node_modules/${name}`;
  const { version, license } = JSON.parse(await readFile(`${folder}/package.json`, "utf8"));
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  if (!file) throw new Error(`${name} has no licence`);
  const text = (await readFile(`${folder}/${file}`, "utf8")).replaceAll("\r\n", "\n").trim();
  return `== ${name} ${version}: ${license}\n\n${text}\n`;
}

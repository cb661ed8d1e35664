// The spec in the address, as `archdsl/playground/address.py` tells it: `#spec=…`, deflated; a
// network of the catalogue is `#name=…`.

const LARGEST = 1_000_000; // characters of a spec in an address

async function through(bytes, transform) {
  const stream = new Blob([bytes]).stream().pipeThrough(transform);
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function toWords(bytes) {
  const letters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function fromWords(words) {
  const letters = atob(words.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}

export async function encode(text, network) {
  const bytes = new TextEncoder().encode(text);
  const packed = await through(bytes, new CompressionStream("deflate-raw"));
  const fields = new URLSearchParams({ spec: toWords(packed) });
  if (network) fields.set("network", network);
  return fields.toString();
}

// `{ name }`, `{ text, network }`, or null; what cannot be read is an error with words for people.
export async function decode(fragment) {
  const fields = new URLSearchParams(fragment.replace(/^#/, ""));
  const network = fields.get("network") ?? "";
  if (fields.has("name")) return { name: fields.get("name") };
  if (!fields.has("spec")) return null;
  try {
    const packed = fromWords(fields.get("spec"));
    const bytes = await through(packed, new DecompressionStream("deflate-raw"));
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (text.length > LARGEST) throw new Error("too large");
    return { text, network };
  } catch {
    throw new Error("The address holds no spec that can be read: it may have been cut off.");
  }
}

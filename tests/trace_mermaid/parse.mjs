// Reads a sequence diagram from standard input, and prints what Mermaid's own parser makes of it, as JSON. The folder
// `node_modules` that holds `mermaid` and `jsdom` is the only argument.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const modules = process.argv[2];
const { JSDOM } = createRequire(`${modules}/`)("jsdom");
const { window } = new JSDOM("<body></body>");
globalThis.window = window;
globalThis.document = window.document;
const { default: mermaid } = await import(pathToFileURL(`${modules}/mermaid/dist/mermaid.core.mjs`).href);
mermaid.initialize({ startOnLoad: false });

let text = "";
for await (const chunk of process.stdin) text += chunk;
const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
// Characters that were written by their number stand there in a form of Mermaid's own until the picture is drawn.
const shown = (text) =>
  text.replace(/ﬂ°°/g, "&#").replace(/ﬂ°/g, "&").replace(/¶ß/g, ";").replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
const names = [...db.getActors().values()].map((actor) => shown(actor.description));
const messages = db.getMessages().map(({ message, wrap }) => [shown(message), Boolean(wrap)]);
console.log(JSON.stringify({ names, messages }));

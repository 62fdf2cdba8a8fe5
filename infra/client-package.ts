import { join, resolve } from "node:path";

const root = resolve(import.meta.dir, "..");
const folder = join(root, "lib/client");

/** What the package gives: a client, its error, and their types. */
const entry = `
export { createClient } from "./create-client.ts";
export { Eco2Error } from "./eco2-error.ts";
`;

/** The client as one module that needs no other: for Node, Bun, and a browser without a bundler. */
export async function bundleClient(): Promise<string> {
  const file = join(folder, "package-entry.ts");
  const { outputs } = await Bun.build({
    entrypoints: [file],
    files: { [file]: entry },
    target: "browser",
    minify: true,
  });
  const [bundle] = outputs;
  if (!bundle) throw new Error("nothing was bundled");
  return bundle.text();
}

import { cp, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { version } from "#lib/config/version.ts";

const root = resolve(import.meta.dir, "..");
const folder = join(root, "lib/client");

/** What the package gives. */
const entry = `
export { createClient } from "./create-client.ts";
export { Eco2Error } from "./eco2-error.ts";
`;

const types = `export * from "./create-client.js";
export { Eco2Error, type Eco2ErrorCode, type Problem } from "./eco2-error.js";
export type { FollowOptions } from "./follow.js";
export type { ChatOptions, ScanOptions } from "./submit.js";
export type { components, operations, paths } from "./api.js";
`;

/** The client as one module that needs no other: for Node, Bun, and a browser without a bundler. */
export async function bundleClient(): Promise<string> {
  const file = join(folder, "package-entry.ts");
  const { outputs } = await Bun.build({
    entrypoints: [file],
    files: { [file]: entry },
    target: "browser",
    minify: true,
    banner: "/*! eco2-client: MIT. It contains openapi-fetch, MIT, © 2023 Drew Powers */",
  });
  const [bundle] = outputs;
  if (!bundle) throw new Error("nothing was bundled");
  return bundle.text();
}

/** Writes the package into a folder and packs it. @returns the tarball's path */
export async function packClient(outdir: string): Promise<string> {
  const to = join(resolve(outdir), "client");
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true });
  await Bun.write(join(to, "index.js"), await bundleClient());
  await writeTypes(to);
  await Bun.write(join(to, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  await cp(join(folder, "README.md"), join(to, "README.md"));
  await cp(join(root, "LICENSE"), join(to, "LICENSE"));
  await run(["pm", "pack", "--destination", resolve(outdir), "--quiet"], to);
  return join(resolve(outdir), `eco2-client-${version}.tgz`);
}

const manifest = {
  name: "eco2-client",
  version,
  description: "A typed client of the Eco² API for browsers, Bun and Node",
  license: "MIT",
  type: "module",
  sideEffects: false,
  engines: { node: ">=20.3" },
  exports: { ".": { types: "./index.d.ts", default: "./index.js" } },
};

/** Declarations of the client and of the packages that they speak of, so that a program needs none of those. */
async function writeTypes(to: string): Promise<void> {
  const temporary = await mkdtemp(join(root, "node_modules/.cache-client-"));
  try {
    const options = { noEmit: false, declaration: true, emitDeclarationOnly: true, outDir: to };
    const compilerOptions = {
      ...options,
      rootDir: folder,
      incremental: false,
      tsBuildInfoFile: null,
    };
    const files = ["create-client.ts", "eco2-error.ts"].map((name) => join(folder, name));
    const config = { extends: join(root, "tsconfig.json"), compilerOptions, include: [], files };
    const path = join(temporary, "tsconfig.json");
    await Bun.write(path, JSON.stringify(config));
    await run([join(root, "node_modules/typescript/bin/tsc"), "-p", path], root);
  } finally {
    await rm(temporary, { recursive: true });
  }
  await Bun.write(join(to, "index.d.ts"), types);
  await cp(join(folder, "api.d.ts"), join(to, "api.d.ts"));
  const packages = { "openapi-fetch": "index.d.mts", "openapi-typescript-helpers": "index.d.ts" };
  for (const [name, file] of Object.entries(packages)) {
    const from = join(root, "node_modules", name);
    const found = (await readdir(join(from, "dist"))).includes(file) ? "dist" : ".";
    await cp(join(from, found, file), join(to, `${name}.d.ts`));
  }
  for (const name of await readdir(to)) {
    if (!name.endsWith(".d.ts")) continue;
    const text = await Bun.file(join(to, name)).text();
    await Bun.write(
      join(to, name),
      text.replace(/(from|import)(\(| )(["'])([^"']+)\3/g, toSibling),
    );
  }
}

/** A module as it is called in the package: beside the one that imports it. */
function toSibling(_: string, word: string, space: string, quote: string, name: string): string {
  const own = name.replace(/^\.\//, "").replace(/(?:\.d)?\.ts$|\.js$/, "");
  return `${word}${space}${quote}./${own}.js${quote}`;
}

async function run(command: readonly string[], cwd: string): Promise<void> {
  const child = Bun.spawn([process.execPath, ...command], { cwd, stdout: "pipe", stderr: "pipe" });
  const said = await new Response(child.stdout).text();
  const log = await new Response(child.stderr).text();
  if ((await child.exited) !== 0) throw new Error(`${command.join(" ")}: ${said}${log}`);
}

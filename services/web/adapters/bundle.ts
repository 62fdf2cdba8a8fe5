import { fileURLToPath } from "node:url";
import { assetsPath, PAGES, type PageName } from "../page.ts";

/** What a browser loads besides the document, by the last part of its address. */
export interface Bundle {
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  /** Addresses of a page's script and of the parts that it imports, the script first. */
  scriptsOf(page: PageName): readonly string[];
  readonly style: string;
  /** Of the page for administrators, besides. */
  readonly opsStyle: string;
  readonly icons: string;
  /** As a drawing, and for devices that take no drawing, in pixels. */
  readonly appIcon: string;
  readonly appIcon180: string;
  readonly appIcon512: string;
}

const folder = new URL("../browser/", import.meta.url);
const pathOf = (file: string) => fileURLToPath(new URL(file, folder));
const naming = "[name]-[hash].[ext]";

/**
 * Bundles the scripts and the style of the pages in memory, in some 50 ms: there is no build step to forget, and
 * nothing is written, so a process with a read-only file system can do it. A name has a hash of what is in it, the same
 * in every process of a release.
 *
 * @throws Error with the messages of the bundler.
 */
export async function bundleBrowser(): Promise<Bundle> {
  const scripts = await build({
    entrypoints: PAGES.map((page) => pathOf(`${page}-page.tsx`)),
    splitting: true,
    metafile: true,
  });
  const style = await build({ entrypoints: [pathOf("style.css")] });
  const opsStyle = await build({ entrypoints: [pathOf("style-ops.css")] });
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const add = (name: string, bytes: Uint8Array<ArrayBuffer>): string => {
    files.set(name, bytes);
    return `${assetsPath}/${name}`;
  };
  for (const output of [...scripts.outputs, ...style.outputs, ...opsStyle.outputs]) {
    add(nameOf(output.path), new Uint8Array(await output.arrayBuffer()));
  }
  const outputs = new Map(
    Object.entries(scripts.metafile?.outputs ?? {}).map(([path, output]) => [nameOf(path), output]),
  );
  const withImports = (name: string): string[] => {
    const imports = outputs.get(name)?.imports ?? [];
    return [name, ...imports.flatMap(({ path }) => withImports(nameOf(path)))];
  };
  const scriptsOf = (page: PageName): string[] => {
    const entry = [...outputs].find(([, { entryPoint }]) =>
      entryPoint?.endsWith(`${page}-page.tsx`),
    );
    return [...new Set(withImports(entry?.[0] ?? ""))].map((name) => `${assetsPath}/${name}`);
  };
  return {
    files,
    scriptsOf,
    style: `${assetsPath}/${nameOf(style.outputs[0]?.path ?? "")}`,
    opsStyle: `${assetsPath}/${nameOf(opsStyle.outputs[0]?.path ?? "")}`,
    icons: add(...(await hashed("icons.svg"))),
    appIcon: add(...(await hashed("app-icon.svg"))),
    appIcon180: add(...(await hashed("app-icon-180.png"))),
    appIcon512: add(...(await hashed("app-icon-512.png"))),
  };
}

/** The service worker, which knows what to keep for when there is no network. */
export async function bundleServiceWorker(shell: readonly string[]) {
  const { outputs } = await build({
    entrypoints: [pathOf("service-worker.ts")],
    define: { SHELL: JSON.stringify(shell) },
  });
  return new Uint8Array((await outputs[0]?.arrayBuffer()) ?? []);
}

async function build(config: Bun.BuildConfig): Promise<Bun.BuildOutput> {
  const built = await Bun.build({
    target: "browser",
    minify: true,
    naming: { entry: naming, chunk: naming, asset: naming },
    // Whatever NODE_ENV is: the runtime for development is larger, and says no more to users.
    jsx: { runtime: "automatic", importSource: "preact", development: false },
    throw: false,
    ...config,
  });
  if (!built.success) throw new Error(`the pages' scripts: ${built.logs.join("\n")}`);
  return built;
}

async function hashed(file: string): Promise<[name: string, bytes: Uint8Array<ArrayBuffer>]> {
  const bytes = await Bun.file(pathOf(file)).bytes();
  return [file.replace(".", `-${Bun.hash(bytes).toString(36)}.`), bytes];
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

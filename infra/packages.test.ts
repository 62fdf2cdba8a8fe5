import { expect, test } from "bun:test";
import * as v from "valibot";
import { trustedDependencies } from "#package";

/**
 * Packages that want to run a program when they are installed, and what goes without it. None may: Bun
 * runs no script of a package that `trustedDependencies` does not name.
 */
const REFUSED: Readonly<Record<string, string>> = {
  "@scarf/scarf": "reports to its maker who installs swagger-ui-dist",
  esbuild: "links its binary, which drizzle-kit finds by itself",
  lefthook: "writes the git hooks, which `bun run hooks` does when it is asked to",
};

const Manifest = v.object({
  name: v.string(),
  scripts: v.optional(v.record(v.string(), v.unknown())),
});
const manifests = new Bun.Glob("node_modules/**/package.json");
const root = new URL("../", import.meta.url).pathname;

test("no package runs a script at its installation, and each that wants to is known", async () => {
  const wanting = new Set<string>();
  for await (const path of manifests.scan({ cwd: root, dot: true })) {
    const manifest = v.safeParse(Manifest, await Bun.file(root + path).json());
    if (!manifest.success) continue;
    const { name, scripts = {} } = manifest.output;
    const isNative = await Bun.file(root + path.replace("package.json", "binding.gyp")).exists();
    if (isNative || scripts.preinstall || scripts.install || scripts.postinstall) wanting.add(name);
  }
  expect([...wanting].sort()).toEqual(Object.keys(REFUSED));
  expect(trustedDependencies).toEqual([]);
});

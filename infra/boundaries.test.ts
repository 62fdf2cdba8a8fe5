import { beforeAll, describe, expect, test } from "bun:test";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

/**
 * The linter holds the import rule and the rules of style. Here it is given a small tree that keeps
 * them, and the same tree with breaches planted in it: each must be reported where it stands, and a
 * change of `biome.json` that lets one through is found here.
 */
const root = resolve(import.meta.dir, "..");

/** A tree that keeps every rule, with one file of each kind. */
const clean: Record<string, string> = {
  "lib/contract/thing.ts": "export const thing = 1;\n",
  "lib/error/fault.ts": "export const fault = 1;\n",
  "lib/clock/clock.ts": "export const clock = 1;\n",
  "lib/queue/publisher.ts":
    'import { thing } from "#lib/contract/thing.ts";\nimport { own } from "./own.ts";\n\n' +
    "export const publisher = thing + own;\n",
  "lib/queue/own.ts": "export const own = 1;\n",
  "lib/config/load.ts": "export const load = () => process.env;\n",
  "services/scan/scan.ts":
    'import * as v from "valibot";\nimport { clock } from "#lib/clock/clock.ts";\n' +
    'import { thing } from "#lib/contract/thing.ts";\nimport { fault } from "#lib/error/fault.ts";\n' +
    'import { submit } from "./submit-scan.ts";\n\n' +
    "export const scan = [v, clock, thing, fault, submit];\n",
  "services/scan/submit-scan.ts": "export const submit = 1;\n",
  "services/scan/config.ts":
    'import { load } from "#lib/config/load.ts";\n\nexport const config = load;\n',
  "services/scan/adapters/http.ts":
    'import { Hono } from "hono";\nimport { publisher } from "#lib/queue/publisher.ts";\n' +
    'import { scan } from "../scan.ts";\n\nexport const http = [new Hono(), publisher, scan];\n',
  "services/scan/adapters/redis.ts":
    'import { Redis } from "ioredis";\n\nexport const redis = () => new Redis();\n',
  "services/scan/main-routes.ts":
    'import { http } from "./adapters/http.ts";\nimport { redis } from "./adapters/redis.ts";\n\n' +
    "export const routes = [http, redis];\n",
  "services/scan/main.ts":
    'import { config } from "./config.ts";\nimport { routes } from "./main-routes.ts";\n\n' +
    "export const run = [config, routes, process.env.X];\n",
  "lib/client/call.ts": "export const call = 1;\n",
  "services/web/page.ts": "export const page = 1;\n",
  "services/web/browser/scan-page.tsx":
    'import { h } from "preact";\nimport { call } from "#lib/client/call.ts";\n' +
    'import { page } from "../page.ts";\n\nexport const scanPage = [h, call, page];\n',
  "services/edge/main.ts":
    'import { config } from "../scan/config.ts";\nimport { routes } from "../scan/main-routes.ts";\n\n' +
    "export const run = [config, routes];\n",
  "services/worker/rules.ts": "export const rules = 1;\n",
  "services/worker/adapters/openai.ts": "export const openai = 1;\n",
  "services/worker/tasks/scan.vision.ts":
    'import { thing } from "#lib/contract/thing.ts";\nimport { rules } from "../rules.ts";\n\n' +
    "export const vision = [thing, rules];\n",
};

type Breach = readonly [what: string, file: string, rule: string, source: string];

const restricted = "lint/style/noRestrictedImports";
const imports = (specifier: string) => `import { x } from "${specifier}";\n\nexport const y = x;\n`;

const { dependencies, optionalDependencies } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
);
/** Pure, so the core may use them. */
const purePackages = [
  "valibot",
  "@valibot/to-json-schema",
  "jsonrepair",
  "es-hangul",
  "minisearch",
];
const drivers = [
  ...Object.keys({ ...dependencies, ...optionalDependencies }),
  ...["bun", "node:fs", "hono/cors", "drizzle-orm/pg-core", "amqplib/callback_api"],
].filter((name) => !purePackages.includes(name));

/** Every package the project uses, so that a new one is not forgotten in one of the two lists. */
const driverBreaches = drivers.flatMap((name, n): Breach[] => [
  [`core → ${name}`, `services/scan/driver-${n}.ts`, restricted, imports(name)],
  [`task → ${name}`, `services/worker/tasks/driver-${n}.ts`, restricted, imports(name)],
]);

/** What is planted. The file is one that the clean tree does not have, but of a kind that it has. */
const breaches: readonly Breach[] = [
  ...driverBreaches,
  ["core → adapter", "services/scan/a1.ts", restricted, imports("./adapters/redis.ts")],
  ["core → #lib/queue", "services/scan/a7.ts", restricted, imports("#lib/queue/publisher.ts")],
  ["core → #lib/config", "services/scan/a8.ts", restricted, imports("#lib/config/load.ts")],
  ["core → another service", "services/scan/a9.ts", restricted, imports("../worker/rules.ts")],
  ["core → lib by climbing", "services/scan/b1.ts", restricted, imports("../../lib/queue/own.ts")],
  ["adapter → adapter", "services/scan/adapters/b2.ts", restricted, imports("./redis.ts")],
  [
    "adapter → another service",
    "services/scan/adapters/b3.ts",
    restricted,
    imports("../../worker/rules.ts"),
  ],
  ["task → adapter", "services/worker/tasks/b4.ts", restricted, imports("../adapters/openai.ts")],
  ["task → #lib/redis", "services/worker/tasks/b6.ts", restricted, imports("#lib/redis/x.ts")],
  [
    "task → another service",
    "services/worker/tasks/b7.ts",
    restricted,
    imports("../../scan/scan.ts"),
  ],
  [
    "config → another service",
    "services/worker/config.ts",
    restricted,
    imports("../scan/config.ts"),
  ],
  ["main → another service", "services/worker/main.ts", restricted, imports("../scan/scan.ts")],
  [
    "main → another service's adapter",
    "services/worker/main-x.ts",
    restricted,
    imports("../scan/adapters/redis.ts"),
  ],
  [
    "edge → another service's adapter",
    "services/edge/main.ts",
    restricted,
    imports("../scan/adapters/redis.ts"),
  ],
  [
    "edge → another service's core",
    "services/edge/config.ts",
    restricted,
    imports("../scan/scan.ts"),
  ],
  [
    "edge → another service's main",
    "services/edge/main-x.ts",
    restricted,
    imports("../scan/main.ts"),
  ],
  ["test → another service", "services/scan/b8.test.ts", restricted, imports("../worker/rules.ts")],
  [
    "page → the server's lib",
    "services/web/browser/b9.ts",
    restricted,
    imports("#lib/queue/own.ts"),
  ],
  ["page → adapter", "services/web/browser/c0.tsx", restricted, imports("../adapters/http.ts")],
  ["lib → service", "lib/queue/c1.ts", restricted, imports("../../services/scan/scan.ts")],
  ["lib → lib by climbing", "lib/queue/c2.ts", restricted, imports("../contract/thing.ts")],
  [
    "a cycle",
    "services/scan/c3.ts",
    "lint/suspicious/noImportCycles",
    'import { d } from "./c4.ts";\n\nexport const c = () => d;\n',
  ],
  [
    "the environment in the core",
    "services/scan/c5.ts",
    "lint/style/noProcessEnv",
    "export const home = process.env.HOME;\n",
  ],
  [
    "the environment in an adapter",
    "services/scan/adapters/c6.ts",
    "lint/style/noProcessEnv",
    "export const home = process.env.HOME;\n",
  ],
  [
    "the environment in lib",
    "lib/queue/c7.ts",
    "lint/style/noProcessEnv",
    "export const home = process.env.HOME;\n",
  ],
  ["a default export", "lib/queue/c8.ts", "lint/style/noDefaultExport", "export default 1;\n"],
  [
    "a barrel",
    "lib/queue/c9.ts",
    "lint/performance/noBarrelFile",
    'export * from "./own.ts";\nexport * from "./publisher.ts";\n',
  ],
  [
    "any",
    "lib/queue/d1.ts",
    "lint/suspicious/noExplicitAny",
    "export function f(x: any) {\n  return x;\n}\n",
  ],
  [
    "a forced value",
    "lib/queue/d2.ts",
    "lint/style/noNonNullAssertion",
    "export const f = (x?: string) => x!.length;\n",
  ],
  [
    "a floating promise",
    "lib/queue/d3.ts",
    "lint/nursery/noFloatingPromises",
    "async function save(): Promise<void> {}\n\nexport function f(): void {\n  save();\n}\n",
  ],
  [
    "a promise as a condition",
    "lib/queue/d4.ts",
    "lint/nursery/noMisusedPromises",
    "async function isSaved(): Promise<boolean> {\n  return false;\n}\n\n" +
      "export async function f(): Promise<number> {\n  if (isSaved()) return 1;\n  return 0;\n}\n",
  ],
  [
    "a forgotten case",
    "lib/queue/d5.ts",
    "lint/nursery/useExhaustiveSwitchCases",
    'export function f(x: "a" | "b"): number {\n  switch (x) {\n    case "a":\n      return 1;\n  }\n' +
      "  return 0;\n}\n",
  ],
  [
    "a name in camelCase",
    "lib/queue/camelCase.ts",
    "lint/style/useFilenamingConvention",
    "export const x = 1;\n",
  ],
  [
    "a function of 71 lines",
    "lib/queue/d6.ts",
    "lint/complexity/noExcessiveLinesPerFunction",
    `export function f(): void {\n${"  f();\n".repeat(75)}}\n`,
  ],
];

/** The other half of the cycle. */
const besides = {
  "services/scan/c4.ts": 'import { c } from "./c3.ts";\n\nexport const d = () => c;\n',
};

interface Report {
  readonly code: number;
  /** Rules that were broken, by file. */
  readonly found: ReadonlyMap<string, ReadonlySet<string>>;
}

async function lint(tree: Readonly<Record<string, string>>): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), "eco2-boundaries-"));
  try {
    for (const file of ["biome.json", "package.json", "tsconfig.json", ".gitignore"]) {
      copyFileSync(join(root, file), join(folder, file));
    }
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    for (const [path, source] of Object.entries(tree)) {
      mkdirSync(join(folder, dirname(path)), { recursive: true });
      await Bun.write(join(folder, path), source);
    }
    const biome = join(root, "node_modules/.bin/biome");
    const child = Bun.spawn(
      [biome, "check", "--reporter=json", "--max-diagnostics=none", "lib", "services"],
      { cwd: folder, stdin: "ignore", stdout: "pipe", stderr: "pipe" },
    );
    const [output, code] = await Promise.all([new Response(child.stdout).text(), child.exited]);
    return { code, found: findings(JSON.parse(output)) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function findings(report: {
  diagnostics: { category: string; location?: { path?: string | { file?: string } } }[];
}): Report["found"] {
  const found = new Map<string, Set<string>>();
  for (const { category, location } of report.diagnostics) {
    const path = typeof location?.path === "string" ? location.path : (location?.path?.file ?? "?");
    found.set(path, (found.get(path) ?? new Set()).add(category));
  }
  return found;
}

describe("the linter", () => {
  let planted: Report;
  beforeAll(async () => {
    const sources = breaches.map(([, file, , source]) => [file, source]);
    planted = await lint({ ...clean, ...besides, ...Object.fromEntries(sources) });
  }, 60_000);

  test("has nothing to say of a tree that keeps the rules", async () => {
    const { code, found } = await lint(clean);
    expect([code, [...found]]).toEqual([0, []]);
  }, 60_000);

  test.each(breaches)("reports %s", (_, file, rule) => {
    expect([...(planted.found.get(file) ?? [])]).toContain(rule);
  });

  test("reports nothing else, and fails", () => {
    const files = new Set([...breaches.map(([, file]) => file), ...Object.keys(besides)]);
    expect([...planted.found.keys()].filter((file) => !files.has(file))).toEqual([]);
    expect(planted.code).toBe(1);
  });
});

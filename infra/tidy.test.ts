import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { TASK_NAMES } from "#lib/contract/task.ts";
import { FAULTS } from "#lib/error/fault-table.ts";

/** Rules of the house that the linter cannot see. What it can see is in `boundaries.test.ts`. */
const root = resolve(import.meta.dir, "..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");

/** Every file and folder below the given ones, as paths from the root. */
const tree = ["lib", "services", "migrations", "infra"].flatMap((top) =>
  readdirSync(join(root, top), { recursive: true, withFileTypes: true }).map((entry) => ({
    path: relative(root, join(entry.parentPath, entry.name)),
    isFolder: entry.isDirectory(),
  })),
);
const files = tree.filter(({ isFolder }) => !isFolder).map(({ path }) => path);
const folders = tree.filter(({ isFolder }) => isFolder).map(({ path }) => path);
/** What people write: the types of the API are generated. */
const sources = files.filter((path) => /\.tsx?$/.test(path) && path !== "lib/client/api.d.ts");
/** Tests, and what only tests of their folder use. */
const tests = sources.filter((path) => /(?:\.test|-fixture)\.ts$/.test(path));
const production = sources.filter((path) => !tests.includes(path) && !path.startsWith("infra/"));

/** `path:line` of every line that breaks a rule. */
function lines(paths: readonly string[], isWrong: (line: string) => boolean): string[] {
  return paths.flatMap((path) =>
    read(path)
      .split("\n")
      .flatMap((line, i) => (isWrong(line) ? [`${path}:${i + 1}`] : [])),
  );
}

test("there is something to look at", () => {
  expect(production.length).toBeGreaterThan(80);
  expect(tests.length).toBeGreaterThan(40);
});

describe("the environment", () => {
  test("is read in lib/config and in main files only", () => {
    const allowed = /^(lib\/config\/|services\/[^/]+\/main[^/]*\.ts$|infra\/)/;
    const others = sources.filter((path) => !allowed.test(path));
    expect(lines(others, (line) => /\b(?:process|Bun|import\.meta)\.env\b/.test(line))).toEqual([]);
    // The same by other names.
    const alias = /\b(?:process|Bun)\s*\[|\{[^}]*\benv\b[^}]*\}\s*=\s*(?:process|Bun)\b|\bgetenv\b/;
    expect(lines(others, (line) => alias.test(line))).toEqual([]);
  });
});

test("every 429 carries the quota that is used up, for its headers", () => {
  const codes = Object.entries(FAULTS).flatMap(([code, { status }]) =>
    status === 429 ? [code] : [],
  );
  const bare = new RegExp(`new Fault\\("(?:${codes.join("|")})"(?!, \\{ quota)`);
  expect(codes).toContain("TOO_MANY_UPLOADS");
  expect(lines(production, (line) => bare.test(line))).toEqual([]);
});

test("a JSON body is read by its rules before it is validated", () => {
  // Hono by itself reads one of any length and charset, and takes another type for an empty object.
  const routes = production
    .filter((path) => path.startsWith("services/"))
    .flatMap((path) => read(path).split(/\bapp\s*\.\w+\(/))
    .filter((route) => route.includes('validate("json"'));
  expect(routes.length).toBeGreaterThan(4);
  expect(routes.filter((route) => !/\bjsonBody\([\s\S]*validate\("json"/.test(route))).toEqual([]);
});

describe("imports", () => {
  test("no production file uses what is made for tests", () => {
    const ours = production.filter((path) => !path.startsWith("lib/testing/"));
    expect(
      lines(ours, (line) => /["'](?:#lib\/testing\/|.*\.test\.ts|bun:test)/.test(line)),
    ).toEqual([]);
  });

  test("none takes a way around the linter: through a folder and back, or from the root", () => {
    const detour =
      /\bfrom\s+["'](?:#lib\/(?:.*\/)?\.\.|\.{1,2}\/[^"']*\w\/\.\.\/|\/|file:)|\/adapters\/\.\./;
    expect(lines(sources, (line) => detour.test(line))).toEqual([]);
    const back = /\bfrom\s+["']\.\.\/adapters\//;
    const adapters = production.filter((path) => path.includes("/adapters/"));
    expect(lines(adapters, (line) => back.test(line))).toEqual([]);
  });

  test("only mains know mains and configuration", () => {
    const others = production.filter(
      (path) => path.startsWith("services/") && !/^services\/[^/]+\/(?:main|config)/.test(path),
    );
    const known = /\b(?:from|import)\s*\(?["']\.{1,2}\/(?:main[^"']*|config)\.ts["']/;
    expect(lines(others, (line) => known.test(line))).toEqual([]);
  });

  test("the APIs' core runs on Web standards: nothing in it needs Bun", () => {
    const core = production.filter((path) =>
      /^services\/(?!worker\/)[^/]+\/(?!main)[^/]+\.ts$/.test(path),
    );
    expect(core.length).toBeGreaterThan(15);
    expect(lines(core, (line) => /\bBun\.|["']bun:|\bprocess\./.test(line))).toEqual([]);
  });

  test("nothing is exported by default", () => {
    expect(
      lines(sources, (line) => /^\s*export\s+(?:default\b|\{[^}]*\bas default\b)/.test(line)),
    ).toEqual([]);
  });
});

describe("names", () => {
  test("no folder is a drawer for everything", () => {
    const drawers = /^(utils?|helpers?|common|shared|types?|misc|core|interfaces?)$/;
    expect(folders.filter((path) => drawers.test(basename(path)))).toEqual([]);
    const drawerFiles = /^(utils?|helpers?|common|shared|types?|misc|index|constants)\.ts$/;
    expect(files.filter((path) => drawerFiles.test(basename(path)))).toEqual([]);
  });

  test("files and folders are kebab-case", () => {
    const kebab = /^\.?[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)*$/;
    // Names that others have chosen: tasks are called like their queues, migrations by drizzle-kit.
    const given =
      /^(?:README|ATTRIBUTION)\.md$|^(?:.*\.)?Dockerfile$|^\d{4}_\w+\.(?:sql|json)$|^_journal\.json$/;
    const isOdd = (path: string) => {
      const isTask = path.startsWith("services/worker/tasks/");
      const name = isTask ? basename(path).replaceAll("_", "-") : basename(path);
      return !kebab.test(name) && !given.test(name);
    };
    expect(tree.map(({ path }) => path).filter(isOdd)).toEqual([]);
  });

  test("a service has two levels: nouns and verbs, and the folders for what it talks to", () => {
    const deep = folders.filter((path) => /^services\/[^/]+\/.+/.test(path));
    const names = new Set(deep.map((path) => path.split("/").slice(2).join("/")));
    const ideas = ["chat", "tasks", "models", "local-model", "dead-letters", "webhooks"];
    const pages = ["browser", "pages", "words"];
    const allowed = ["adapters", ...ideas, ...pages, "prompts", "images", "place-sources"];
    expect([...names].filter((name) => !allowed.includes(name))).toEqual([]);
  });
});

describe.each(readdirSync(join(root, "services")))("services/%s", (name) => {
  const path = (file: string) => `services/${name}/${file}`;

  test("has its README of one screen, its environment and its main", () => {
    for (const file of ["README.md", "config.ts", "main.ts"]) {
      expect([file, existsSync(join(root, path(file)))]).toEqual([file, true]);
    }
    const readme = read(path("README.md"));
    expect(readme).toStartWith(`# ${name}\n`);
    expect(readme.split("\n").length).toBeWithin(10, 81);
    for (const heading of ["## Invariants", "## Decisions"])
      expect(readme).toContain(`\n${heading}\n`);
  });

  test("has a main that wires and does nothing else: at most 120 lines", () => {
    expect(read(path("main.ts")).split("\n").length).toBeLessThanOrEqual(121);
  });
});

test("a task's file is named after its queue, and every queue has one", () => {
  const folder = "services/worker/tasks";
  const names = readdirSync(join(root, folder))
    .filter((file) => !file.endsWith(".test.ts"))
    .map((file) => file.replace(/\.ts$/, ""));
  expect(names.sort()).toEqual([...TASK_NAMES].sort());
});

describe("the end of a scan", () => {
  /** Production files that have a sign of a writer, and may not. */
  const writers = (sign: RegExp, allowed: RegExp): string[] =>
    production.filter((path) => !allowed.test(path) && sign.test(read(path)));

  test("is written by endScan alone: nobody else emits it, or saves a result", () => {
    // The ports, what is behind them, and the fakes of the worker's tests.
    const port = /^lib\/scan\/(?:end-scan|scan-events)\.ts$|^lib\/scan-store\/|\/scan-fixture\.ts$/;
    expect(writers(/\b(?:emitEnd|saveResult|saveReward)\b/, port)).toEqual([]);
    const ends = /^lib\/(?:scan\/end-scan|chat\/end-chat|chat-store\/stored-chat)\.ts$/;
    expect(writers(/stage: "done"/, ends)).toEqual([]);
  });

  test("of an answer likewise by endChat", () => {
    const port = /^lib\/chat\/(?:end-chat|chat-events)\.ts$|^lib\/chat-store\//;
    expect(writers(/\b(?:emitChatEnd|saveAnswer)\b/, port)).toEqual([]);
  });

  test("reaches its row, and its events, through lib/scan-store alone", () => {
    const rows =
      /\b(?:insert into|update)\s+(?:\$\{scans\}|scan\.scans)|\.(?:insert|update)\(scans\)/i;
    expect(writers(rows, /^lib\/scan-store\/result-store\.ts$/)).toEqual([]);
    expect(writers(/\bxadd\b|\bcreateEventLog\b/i, /^lib\/(?:scan|chat)-store\//)).toEqual([]);
  });
});

test("prompts and regulations are there, and none is empty", () => {
  const of = (folder: string, ending: string) =>
    files.filter((path) => dirname(path) === folder && path.endsWith(ending));
  const prompts = of("services/worker/prompts", ".md");
  const names = [
    "answer.md",
    "chat.md",
    "schema.md",
    "summary.md",
    "understanding.md",
    "vision.md",
  ];
  expect(prompts.map((path) => basename(path)).sort()).toEqual(names);
  const regulations = of("lib/contract/regulations", ".json");
  expect(regulations.length).toBeGreaterThanOrEqual(18);
  for (const path of [...prompts, ...regulations]) expect(read(path).length).toBeGreaterThan(200);
});

describe("text", () => {
  test("no line is longer than the formatter's 100 columns and a word of a comment or a title", () => {
    const columnsMax = 120;
    // A regular expression cannot be broken.
    const isLong = (line: string) => [...line].length > columnsMax && !/^\s*\/.*\/\w*;$/.test(line);
    expect(lines(sources, isLong)).toEqual([]);
  });

  test("no type is forced, and a linter's rule is never switched off for a whole file", () => {
    const forced =
      /biome-ignore-all|@ts-(?:ignore|nocheck|expect-error)|\bas\s+(?:any|unknown|never)\b/;
    expect(lines(sources.filter(isNotThis), (line) => forced.test(line))).toEqual([]);
  });

  test("no test is left out, and none stands in for the real thing", () => {
    const left =
      /\b(?:test|it|describe)\.(?:only|skip|todo)\b|\bmock\.module\b|\b(?:spyOn|jest\.|vi\.)/;
    expect(lines(tests.filter(isNotThis), (line) => left.test(line))).toEqual([]);
  });
});

/** This file quotes what it forbids. */
function isNotThis(path: string): boolean {
  return path !== relative(root, import.meta.path);
}

import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { settings } from "#lib/config/settings.ts";
import { WorkerConfig } from "../../services/worker/config.ts";
import { readCompose } from "./compose-file.ts";
import {
  contextCopies,
  createIgnore,
  parseDockerfile,
  reachedFiles,
  type Stage,
} from "./image-files.ts";

const root = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");
const read = (path: string) => Bun.file(`${root}/${path}`).text();
const isIgnored = createIgnore(await read(".dockerignore"));
const { services } = await readCompose();
const manifest = JSON.parse(await read("package.json"));

const files = { edge: "infra/images/edge.Dockerfile", worker: "infra/images/worker.Dockerfile" };
const edge = parseDockerfile(await read(files.edge));
const worker = parseDockerfile(await read(files.worker));
const images = [
  { name: "edge", stages: edge },
  { name: "worker", stages: worker },
];

describe("images", () => {
  test("compose builds them from the project, and the migration from edge's", () => {
    const built = { edge: files.edge, worker: files.worker, migrate: files.edge };
    for (const [name, dockerfile] of Object.entries(built)) {
      const { build } = Object.entries(services).find(([service]) => service === name)?.[1] ?? {};
      expect(build).toEqual({ context: ".", dockerfile });
    }
  });

  test("every image that is pulled is pinned to a version", () => {
    const pulled = images.flatMap(({ stages }) =>
      stages.map(({ base }) => base).filter((base) => !stages.some(({ name }) => name === base)),
    );
    const named = Object.values(services).flatMap(({ image = [] }) => image);
    expect(named).toHaveLength(4);
    for (const image of [...pulled, ...named])
      expect(image).toMatch(/^[a-z/]+:\d+(\.\d+){1,2}(-\w+)?$/);
  });

  test("the runtime is the version the project is checked with", () => {
    const runtimes = images.flatMap(({ stages }) =>
      stages.map(({ base }) => base).filter((base) => base.startsWith("oven/bun:")),
    );
    expect(runtimes.length).toBeGreaterThan(1);
    for (const runtime of runtimes) {
      expect(runtime).toBe(`oven/bun:${manifest.devDependencies["bun-types"]}-slim`);
    }
  });

  test.each(images)("$name runs as a user that can be seen not to be root", ({ stages }) => {
    expect(last(stages, "USER")).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  });

  test.each(images)("$name is built from what exists and is not kept out", ({ stages }) => {
    const sources = stages.flatMap(contextCopies).flatMap((copy) => copy.sources);
    expect(sources).toContain("lib");
    for (const source of sources) {
      expect([source, existsSync(`${root}/${source}`)]).toEqual([source, true]);
      expect([source, isIgnored(source)]).toEqual([source, false]);
    }
  });

  test.each(images)("$name installs exactly what the lock file says", ({ stages }) => {
    const installs = stages
      .flatMap(({ instructions }) => instructions)
      .filter(({ rest }) => rest.includes("bun install"));
    expect(installs).toHaveLength(1);
    expect(installs[0]?.rest).toContain("--frozen-lockfile");
  });
});

describe("edge's image", () => {
  const entries = readdirSync(`${root}/services`)
    .map((name) => `services/${name}/main.ts`)
    .filter((path) => !path.includes("/worker/") && existsSync(`${root}/${path}`));

  test("runs edge by itself, and the migration by its command", () => {
    expect(last(edge, "ENTRYPOINT")).toBe('["bun"]');
    expect(JSON.parse(last(edge, "CMD"))).toEqual(["services/edge/main.ts"]);
    expect(services.edge.command).toBeUndefined();
    expect(services.migrate.command).toEqual(["migrations/main.ts"]);
  });

  test.each(["migrations/main.ts", ...entries])(
    "carries every file that %s needs",
    async (entry) => {
      const missing = [...(await reachedFiles(root, entry))].filter((path) => !isIn(edge, path));
      expect(missing).toEqual([]);
    },
  );

  test("carries the migrations themselves, which no import names", () => {
    const statements = readdirSync(`${root}/migrations`).filter((name) => name.endsWith(".sql"));
    expect(statements.length).toBeGreaterThan(0);
    for (const name of statements) expect(isIn(edge, `migrations/${name}`)).toBe(true);
    expect(isIn(edge, "migrations/meta/_journal.json")).toBe(true);
  });

  test("carries the characters' drawings, which no import names either", () => {
    const folder = "services/character/images";
    const drawings = readdirSync(`${root}/${folder}`);
    expect(drawings.length).toBeGreaterThan(13);
    for (const name of drawings) {
      const path = `${folder}/${name}`;
      expect([path, isIn(edge, path), isIgnored(path)]).toEqual([path, true, false]);
    }
  });

  test("has the folder of the photos, owned by the user that writes there", () => {
    const [uid, gid] = last(edge, "USER").split(":");
    const dir = services.edge.environment.IMAGE_DIR;
    expect(last(edge, "RUN")).toBe(`install -d -o ${uid} -g ${gid} ${dir}`);
  });

  test("has the probe its health check runs, and shows the port it listens on", () => {
    const [, program, path = ""] = services.edge.healthcheck?.test ?? [];
    expect(program).toBe("bun");
    expect(isIn(edge, path)).toBe(true);
    expect(Number(last(edge, "EXPOSE"))).toBe(v.parse(settings.PORT, undefined));
  });
});

describe("the worker's image", () => {
  test.each(["infra/build.ts", "services/worker/main.ts"])(
    "is built with every file that %s needs",
    async (entry) => {
      const build = worker.slice(0, 1);
      const missing = [...(await reachedFiles(root, entry))].filter((path) => !isIn(build, path));
      expect(missing).toEqual([]);
    },
  );

  test("starts the binary that `bun run build` writes", async () => {
    const outfile = /default: "([\w./-]+)"/.exec(await read("infra/build.ts"))?.[1];
    const builds = worker[0]?.instructions.filter(({ rest }) => rest === "bun run build");
    expect(builds).toHaveLength(1);
    expect(manifest.scripts.build).toContain("infra/build.ts");
    const copied = worker.at(-1)?.instructions.find(({ rest }) => rest.startsWith("--from="));
    expect(copied?.rest).toBe(`--from=build /app/${outfile} /usr/local/bin/eco2-worker`);
    expect(JSON.parse(last(worker, "ENTRYPOINT"))).toEqual(["eco2-worker"]);
    expect(services.worker.command).toBeUndefined();
  });

  test("has the probe its health check runs, and shows the port it listens on", () => {
    const check = services.worker.healthcheck?.test ?? [];
    expect(check.slice(0, 4)).toEqual(["CMD", "env", "BUN_BE_BUN=1", "eco2-worker"]);
    const targets = contextCopies(final(worker)).map(({ target }) => target);
    expect(targets).toContain(check[4] ?? "");
    const { HEALTH_PORT } = WorkerConfig.entries;
    expect(Number(last(worker, "EXPOSE"))).toBe(v.parse(HEALTH_PORT, undefined));
  });
});

test("the build context holds no secret, no photo, no package, no test", () => {
  const kept = [".env", ".git/config", ".local/images/a", "node_modules/hono/package.json"];
  const tests = ["lib/image/strip.test.ts", "infra/compose.test.ts", "lib/testing/until.ts"];
  for (const path of [...kept, ...tests, "infra/samples/citrus.jpg", "dist/eco2-worker"]) {
    expect([path, isIgnored(path)]).toEqual([path, true]);
  }
});

function final(stages: readonly Stage[]): Stage {
  const stage = stages.at(-1);
  if (!stage) throw new Error("a Dockerfile without a stage");
  return stage;
}

/** What the last instruction of its kind says in the image itself. */
function last(stages: readonly Stage[], keyword: string): string {
  return final(stages).instructions.findLast((one) => one.keyword === keyword)?.rest ?? "";
}

/** Whether the last of these stages holds a file of the project, under the same path. */
function isIn(stages: readonly Stage[], path: string): boolean {
  const covers = ({ sources, target }: { sources: string[]; target: string }) =>
    sources.some((source) =>
      target === "./"
        ? source === path
        : source === target && (path === source || path.startsWith(`${source}/`)),
    );
  return (
    !isIgnored(path) && existsSync(`${root}/${path}`) && contextCopies(final(stages)).some(covers)
  );
}

import { describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { readCompose } from "./compose-file.ts";

/** What building the images and a scan through compose, which CI does, would not show. */
const root = join(import.meta.dir, "../..");
const read = (path: string) => Bun.file(join(root, path)).text();
const manifest = JSON.parse(await read("package.json"));
const dockerfiles = readdirSync(import.meta.dir).filter((name) => name.endsWith(".Dockerfile"));
const pinned = /^[a-z/]+:v?\d+(\.\d+){1,2}(-\w+)?$/;

describe.each(dockerfiles)("%s", (name) => {
  const instructions = async (keyword: string): Promise<string[]> => {
    const lines = (await read(`infra/images/${name}`)).split("\n");
    return lines
      .filter((one) => one.startsWith(`${keyword} `))
      .map((one) => one.slice(keyword.length).trim());
  };

  test("is built on pinned versions, Bun's being the one that the project is checked with", async () => {
    const stages = await instructions("FROM");
    const names = stages.map((stage) => stage.split(" AS ")[1]);
    const bases = stages.map((stage) => stage.split(" ")[0] ?? "");
    for (const base of bases.filter((one) => !names.includes(one))) {
      expect(base).toMatch(pinned);
      if (!base.startsWith("oven/bun:")) continue;
      expect(base).toBe(`oven/bun:${manifest.devDependencies["bun-types"]}-slim`);
    }
  });

  test("runs as a user whose number shows that it is not root", async () => {
    expect((await instructions("USER")).at(-1)).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  });

  test("installs exactly what the lock file says", async () => {
    const installs = (await instructions("RUN")).filter((run) => run.includes("bun install"));
    for (const run of installs) expect(run).toContain("--frozen-lockfile");
  });

  test("takes named parts of the project, never all of it", async () => {
    for (const copy of await instructions("COPY")) expect(copy).not.toMatch(/^\.\/? /);
  });
});

test("the build context is closed: what .dockerignore does not name stays out, tests always", async () => {
  const rules = (await read(".dockerignore")).split("\n").filter((line) => /^[^#\s]/.test(line));
  expect(rules[0]).toBe("*");
  expect(rules.slice(-2)).toEqual(["**/*.test.ts", "lib/testing"]);
  const secrets = /^!(?:\*|\.|node_modules|infra\/?$|infra\/samples|dist)/;
  expect(rules.filter((rule) => secrets.test(rule))).toEqual([]);
});

test("every image that compose pulls is pinned to a version", async () => {
  const { services } = await readCompose();
  const images = Object.values(services).flatMap(({ image = [] }) => image);
  expect(images.length).toBeGreaterThan(2);
  for (const image of images) expect(image).toMatch(pinned);
});

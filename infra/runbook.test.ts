import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readKustomization } from "./k8s/doctor/facts.ts";
import { operators } from "./k8s/operators.ts";
import { OVERLAYS } from "./k8s/overlays.ts";

/** Every step of the runbook is a command that exists, on what the manifests have, as far as that shows offline. */
const root = join(import.meta.dir, "..");
const text = await Bun.file(join(import.meta.dir, "README.md")).text();
const lines = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = ""]) =>
  block.split("\n").filter(Boolean),
);
const resources = readKustomization(join(root, "infra/k8s/overlays/prod"));
const { scripts } = await Bun.file(join(root, "package.json")).json();
const found = (pattern: RegExp) => [
  ...new Set([...text.matchAll(pattern)].map(([, name = ""]) => name)),
];
const has = (kind: string, name: string) =>
  resources.some((one) => one.kind.toLowerCase() === kind && one.metadata?.name === name);

test("has steps for each thing that is done to a running system", () => {
  const titles = found(/^## (.*)$/gm)
    .join(" ")
    .toLowerCase();
  const steps = "deploy roll back upgrade scale drain redrive rotate back up restore".split(" ");
  for (const step of steps) expect(titles).toContain(step);
  expect(lines.length).toBeGreaterThan(20);
});

test("names scripts, verbs and paths that exist", () => {
  for (const name of found(/bun run ([\w:]+)/g)) expect(Object.keys(scripts)).toContain(name);
  for (const path of found(/((?:infra|services|lib)\/[\w./-]*\w)/g))
    expect([path, existsSync(join(root, path))]).toEqual([path, true]);
  for (const folder of found(/apply -k (\S+)/g))
    expect([folder, existsSync(join(root, folder, "kustomization.yaml"))]).toEqual([folder, true]);
});

describe("names what the manifests have:", () => {
  test.each(found(/(?:-n|namespace) ([a-z][\w-]*)/g))("namespace %s", (name) => {
    const own = operators(OVERLAYS.prod).map(({ namespace }) => namespace);
    expect([...own, ...resources.map(({ metadata }) => metadata?.namespace)]).toContain(name);
  });

  test.each([
    ["cronjob", /cronjob\/(\w+)/g],
    ["deployment", /deployment\/([\w-]+)/g],
    ["job", /delete job (\w+)/g],
    ["scaledobject", /annotate scaledobject ([a-z][\w-]+)/g],
    ["externalsecret", /annotate externalsecret ([a-z][\w-]+)/g],
    ["user", /users\.rabbitmq\.com (\w+)/g],
    ["cluster", /exec (?:-i )?(postgres)-1/g],
    ["statefulset", /exec (redis-node)-0/g],
    ["rabbitmqcluster", /exec (rabbitmq)-server-0/g],
  ] as const)("each %s", (kind, pattern) => {
    const names = found(pattern);
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect([kind, name, has(kind, name)]).toEqual([kind, name, true]);
  });
});

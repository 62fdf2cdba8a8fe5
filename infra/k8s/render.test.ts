import { describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { readKustomization } from "./doctor/facts.ts";
import { OVERLAY_NAMES } from "./overlays.ts";
import { renderTree } from "./render.ts";
import { checkKind, idOf, type Resource } from "./resource.ts";

const folder = import.meta.dir;

test("what is committed is what is rendered; `bun run manifests` renders it", async () => {
  const tree = renderTree();
  const committed = ["base", "overlays", "argo"].flatMap((top) =>
    readdirSync(join(folder, top), { recursive: true, withFileTypes: true }).flatMap((entry) =>
      entry.isFile() ? [join(entry.parentPath, entry.name).slice(folder.length + 1)] : [],
    ),
  );
  const rendered = [...tree.keys()].filter((path) => !path.startsWith("operators/"));
  expect(committed.toSorted()).toEqual(rendered.toSorted());
  for (const [path, text] of tree) {
    const found = await Bun.file(join(folder, path)).text();
    // Line by line only where it differs: that prints its own lines.
    if (found !== text) expect([path, found.split("\n")]).toEqual([path, text.split("\n")]);
  }
});

test("a kind that is not known, or in another version, is refused", () => {
  const metadata = { name: "x" };
  const kinds: Resource[] = JSON.parse(
    JSON.stringify([
      { apiVersion: "apps/v1", kind: "Deploment", metadata },
      { apiVersion: "networking.istio.io/v1beta1", kind: "VirtualService", metadata },
      { apiVersion: "v1", kind: "Service", metadata: {} },
    ]),
  );
  for (const one of kinds)
    expect(() => checkKind(one)).toThrow(`unknown kind ${one.apiVersion}/${one.kind}`);
});

/** kustomize is a part of it from 1.14 on, and as new as is needed from 1.27 on. */
function hasKubectl(): boolean {
  const path = Bun.which("kubectl");
  if (!path) return false;
  const { stdout } = Bun.spawnSync([path, "version", "--client", "--output=json"]);
  const [, minor = "0"] = /"minor":\s*"(\d+)/.exec(stdout.toString()) ?? [];
  return Number(minor) >= 27;
}

describe.each(OVERLAY_NAMES)("overlay %s", (name) => {
  const overlay = join(folder, "overlays", name);

  test("kubectl makes of it what `doctor --manifests` compares", () => {
    if (!hasKubectl()) {
      console.warn(`kubectl 1.27 or newer is not here: overlay ${name} was not rendered by it`);
      // GitHub's machines have one.
      expect(process.env.CI).toBeUndefined();
      return;
    }
    const { stdout, stderr, exitCode } = Bun.spawnSync(["kubectl", "kustomize", overlay]);
    expect([exitCode, stderr.toString()]).toEqual([0, ""]);
    const made: Resource[] = parseAllDocuments(stdout.toString()).map((one) => one.toJS());
    const settings = made.find(
      ({ kind, metadata }) => kind === "ConfigMap" && metadata?.name?.startsWith("settings-"),
    );
    const hashed = settings?.metadata?.name ?? "";
    expect(hashed).toMatch(/^settings-\w+$/);
    // The name of the settings changes with them, wherever they are read.
    const plain: Resource[] = JSON.parse(JSON.stringify(made).replaceAll(hashed, "settings"));
    const compared = new Map(readKustomization(overlay).map((one) => [idOf(one), one]));
    expect(plain.map(idOf).toSorted()).toEqual([...compared.keys()].toSorted());
    for (const one of plain) {
      const same = Bun.deepEquals(one, compared.get(idOf(one)));
      if (!same) expect(one).toEqual(compared.get(idOf(one)) ?? one);
      expect([idOf(one), same]).toEqual([idOf(one), true]);
    }
  }, 60_000);

  test("has every resource once", () => {
    const ids = readKustomization(overlay).map(idOf);
    expect(ids.length).toBeGreaterThan(150);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

/** One error a resource: the compiler tells of the first unknown field alone. */
const typos = {
  None: `{ apiVersion: "v1", kind: "Namespace", metadata: { name: "x" } }`,
  Deployment: `{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "x" },
    spec: { selector: {}, template: { spec: { containers: [{ name: "x", livenesProbe: {} }] } } } }`,
  ScaledObject: `{ apiVersion: "keda.sh/v1alpha1", kind: "ScaledObject", metadata: { name: "x" },
    spec: { scaleTargetRef: { name: "x" }, minReplicas: 2, triggers: [] } }`,
  VirtualService: `{ apiVersion: "networking.istio.io/v1", kind: "VirtualService", metadata: { name: "x" },
    spec: { http: [{ rout: [] }] } }`,
  ExternalSecret: `{ apiVersion: "external-secrets.io/v1", kind: "ExternalSecret", metadata: { name: "x" },
    spec: { secretStoreRefs: { name: "x" } } }`,
  Application: `{ apiVersion: "argoproj.io/v1alpha1", kind: "Application", metadata: { name: "x" },
    spec: { project: "x", destination: {}, syncPolicies: {} } }`,
  Queue: `{ apiVersion: "rabbitmq.com/v1beta1", kind: "Queue", metadata: { name: "x" }, spec: { name: "x", vhots: "x",
    type: "quorum", durable: true, deletionPolicy: "retain", arguments: {}, vhost: "x",
    rabbitmqClusterReference: { name: "x" } } }`,
  Cluster: `{ apiVersion: "postgresql.cnpg.io/v1", kind: "Cluster", metadata: { name: "x" }, spec: { instance: 3 } }`,
};

test("the compiler refuses a field that a kind does not have", async () => {
  const scratch = mkdtempSync(join(tmpdir(), "eco2-typos-"));
  try {
    for (const [kind, source] of Object.entries(typos)) {
      const text = `import type { Resource } from "${folder}/resource.ts";\nexport const one: Resource = ${source};\n`;
      await Bun.write(join(scratch, `${kind.toLowerCase()}.ts`), text);
    }
    const options = {
      extends: join(folder, "../../tsconfig.json"),
      compilerOptions: { types: [] },
      include: ["*.ts"],
    };
    await Bun.write(join(scratch, "tsconfig.json"), JSON.stringify(options));
    const tsc = join(folder, "../../node_modules/.bin/tsc");
    const { stdout } = Bun.spawnSync([
      process.execPath,
      tsc,
      "--project",
      scratch,
      "--pretty",
      "false",
    ]);
    const refused = new Set(
      [...stdout.toString().matchAll(/^\S*?(\w+)\.ts\(/gm)].map(([, file]) => file),
    );
    const wanted = Object.keys(typos).filter((kind) => kind !== "None");
    expect([...refused].toSorted()).toEqual(wanted.map((kind) => kind.toLowerCase()).toSorted());
  } finally {
    rmSync(scratch, { recursive: true });
  }
}, 60_000);

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { parse, parseAllDocuments } from "yaml";
import { BINDINGS, EXCHANGES, QUEUES } from "#lib/queue/topology.ts";
import { authenticationHeaders } from "#lib/token/authenticate.ts";
import { readCompose } from "../../images/compose-file.ts";
import { settingsMap } from "../names.ts";
import { type Operation, operationsOf } from "../operations.ts";
import { OVERLAY_NAMES, type OverlayName } from "../overlays.ts";
import { SERVICE_NAMES, type ServiceName } from "../processes.ts";
import { checkKind, type Kind, type Resource } from "../resource.ts";
import { type CodeFacts, readCode } from "./code-facts.ts";

/** What is compared: everything as data, so that a test can plant a mismatch anywhere. */
export interface Facts {
  readonly overlays: readonly OverlayFacts[];
  readonly compose: Awaited<ReturnType<typeof readCompose>>["services"];
  readonly code: CodeFacts & {
    readonly topology: {
      readonly exchanges: typeof EXCHANGES;
      readonly queues: typeof QUEUES;
      readonly bindings: typeof BINDINGS;
    };
    readonly operations: Readonly<Record<ServiceName, readonly Operation[]>>;
    readonly authenticationHeaders: readonly string[];
  };
}

export interface OverlayFacts {
  readonly name: OverlayName;
  readonly resources: readonly Resource[];
  /** What Argo CD installs around it. */
  readonly applications: readonly Resource[];
}

const root = join(import.meta.dir, "../../..");

/** @throws outside of a checkout, where there is nothing to compare. */
export async function readFacts(): Promise<Facts> {
  const folder = join(root, "infra/k8s");
  if (!existsSync(join(folder, "base")))
    throw new Error(`no manifests in ${folder}: run it in a checkout`);
  return {
    overlays: OVERLAY_NAMES.map((name) => ({
      name,
      resources: readKustomization(join(folder, "overlays", name)),
      applications: readKustomization(join(folder, "argo", name)),
    })),
    compose: (await readCompose()).services,
    code: {
      ...readCode(root),
      topology: { exchanges: EXCHANGES, queues: QUEUES, bindings: BINDINGS },
      operations: operationsByService(),
      authenticationHeaders,
    },
  };
}

function operationsByService(): Facts["code"]["operations"] {
  const entries = SERVICE_NAMES.map((name) => [name, operationsOf(name)] as const);
  return v.parse(v.any(), Object.fromEntries(entries));
}

const Kustomization = v.strictObject({
  apiVersion: v.string(),
  kind: v.literal("Kustomization"),
  resources: v.array(v.string()),
  configMapGenerator: v.optional(
    v.array(v.strictObject({ name: v.string(), namespace: v.string(), envs: v.array(v.string()) })),
    [],
  ),
  images: v.optional(
    v.array(
      v.strictObject({
        name: v.string(),
        newName: v.optional(v.string()),
        newTag: v.optional(v.string()),
        digest: v.optional(v.string()),
      }),
    ),
    [],
  ),
});
type Image = v.InferOutput<typeof Kustomization>["images"][number];

/** What `kubectl kustomize` makes of a folder, of the little that is used here, which needs no kubectl. */
export function readKustomization(folder: string): Resource[] {
  const text = readFileSync(join(folder, "kustomization.yaml"), "utf8");
  const { resources, configMapGenerator, images } = v.parse(Kustomization, parse(text));
  const read = resources.flatMap((path) =>
    path.endsWith(".yaml")
      ? readDocuments(join(folder, path))
      : readKustomization(join(folder, path)),
  );
  const maps = configMapGenerator.map(({ name, namespace, envs }): Resource => {
    const lines = envs.flatMap((file) =>
      readFileSync(join(folder, file), "utf8").trim().split("\n"),
    );
    const data = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
    return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace }, data };
  });
  return withImages([...read, ...maps], images);
}

function readDocuments(path: string): Resource[] {
  return parseAllDocuments(readFileSync(path, "utf8")).map((document) => {
    const resource: Resource = document.toJS();
    checkKind(resource);
    return resource;
  });
}

function withImages(resources: Resource[], images: readonly Image[]): Resource[] {
  const named = new Map(images.map((image) => [image.name, image]));
  return JSON.parse(JSON.stringify(resources), (key, value: unknown) => {
    const image = key === "image" && typeof value === "string" ? named.get(value) : undefined;
    if (!image) return value;
    const suffix = image.digest ? `@${image.digest}` : `:${image.newTag}`;
    return `${image.newName ?? image.name}${suffix}`;
  });
}

export function ofKind<K extends Kind>(resources: readonly Resource[], kind: K) {
  return resources.filter((one): one is Extract<Resource, { kind: K }> => one.kind === kind);
}

/** One by its name; undefined when there is none. */
export function named<K extends Kind>(resources: readonly Resource[], kind: K, name: string) {
  return ofKind(resources, kind).find(({ metadata }) => metadata?.name === name);
}

/** The settings of an overlay, by variable. */
export function settingsOf({ resources }: OverlayFacts): Readonly<Record<string, string>> {
  return named(resources, "ConfigMap", settingsMap)?.data ?? {};
}

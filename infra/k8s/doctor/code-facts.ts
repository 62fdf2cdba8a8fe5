import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type * as v from "valibot";
import { ScanEvent } from "#lib/scan/scan-event.ts";
import { TASK_MESSAGES } from "#lib/scan/task-messages.ts";
import { emitEvents } from "#lib/scan-store/emit-events.ts";
import { scanKeys } from "#lib/scan-store/scan-keys.ts";

/** What two parts of the code have to agree on without the compiler's help: by name, from its source. */
export interface CodeFacts {
  /** Names of `services/worker/tasks/*.ts`. */
  readonly taskFiles: readonly string[];
  /** Fields the script writes of an event, and those its readers take. */
  readonly events: { readonly stream: string[]; readonly state: string[]; readonly read: string[] };
  /** Beginnings of Redis keys: declared ones, and where another file spells one itself. */
  readonly keys: { readonly declared: readonly string[]; readonly spelt: readonly Spelt[] };
  /** What each task's message must have, by task. */
  readonly messages: Readonly<Record<string, readonly string[]>>;
  /** Names of metrics: those the code has, and those a document or a manifest names. */
  readonly metrics: { readonly known: readonly string[]; readonly named: readonly Spelt[] };
}

export interface Spelt {
  readonly file: string;
  readonly text: string;
}

export function readCode(root: string): CodeFacts {
  const sources = below(root, ["lib", "services"]).filter(
    ({ file }) => file.endsWith(".ts") && !/\.test\.ts$|-fixture\.ts$|^lib\/testing\//.test(file),
  );
  const documents = below(root, ["services", "infra"]).filter(({ file }) =>
    /README\.md$|^infra\/k8s\/.*\.(yaml|json)$/.test(file),
  );
  return {
    taskFiles: readdirSync(join(root, "services/worker/tasks"))
      .filter((name) => !name.endsWith(".test.ts"))
      .map((name) => name.replace(/\.ts$/, "")),
    events: {
      stream: fieldsAfter("XADD"),
      state: fieldsAfter("'HSET', KEYS[2]"),
      read: Object.keys(ScanEvent.entries),
    },
    keys: {
      declared: Object.values(scanKeys).map((key: (...parts: never[]) => string) =>
        beginningOf(key),
      ),
      spelt: sources
        .filter(({ file }) => file !== "lib/scan-store/scan-keys.ts")
        .flatMap(({ file, text }) =>
          find(
            file,
            text,
            /[`"'](scan:(?:events|replay|state|result|request|checkpoint|lease|idempotency):?)/g,
          ),
        ),
    },
    messages: Object.fromEntries(
      Object.entries(TASK_MESSAGES).map(([task, { message }]) => [task, requiredOf(message)]),
    ),
    metrics: {
      known: sources
        .flatMap(({ file, text }) => find(file, text, /["'](eco2_[a-z0-9_]+)["']/g))
        .map(({ text }) => text),
      named: documents.flatMap(({ file, text }) => find(file, text, /\b(eco2_[a-z0-9_]+)\b/g)),
    },
  };
}

function below(root: string, tops: readonly string[]): Spelt[] {
  return tops.flatMap((top) =>
    readdirSync(join(root, top), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(?:ts|md|ya?ml|json)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => ({ file: path.slice(root.length + 1), text: readFileSync(path, "utf8") })),
  );
}

function find(file: string, text: string, what: RegExp): Spelt[] {
  return [...text.matchAll(what)].map(([, found = ""]) => ({ file, text: found }));
}

/** The names in quotes of one command of the script. */
function fieldsAfter(command: string): string[] {
  const [, rest = ""] = emitEvents().split(command);
  const call = rest.slice(0, rest.indexOf(")"));
  return [...call.matchAll(/'([a-z_]+)'/g)].map(([, name = ""]) => name);
}

function beginningOf(key: (...parts: never[]) => string): string {
  const [, text = ""] = /`([a-z]+:[a-z]*)/.exec(String(key)) ?? [];
  return text;
}

function requiredOf(schema: v.GenericSchema): string[] {
  if (!("entries" in schema) || typeof schema.entries !== "object" || schema.entries === null)
    return [];
  return Object.entries(schema.entries)
    .filter(([, entry]) => entry.type !== "optional")
    .map(([name]) => name);
}

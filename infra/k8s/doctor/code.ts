import { OPEN_STAGES } from "#lib/scan/stage.ts";
import type { Facts } from "./facts.ts";
import { differences, type ManifestCheck, row } from "./row.ts";

/** What two parts of the code agree on by name alone: writer and reader, code and document. */
export function codeRows({ code }: Facts): ManifestCheck[] {
  const { events, keys, metrics } = code;
  const fields = events.read;
  const emit = { used: "lib/scan-store/read-scan.ts", add: "lib/scan-store/emit-events.ts" };
  // The job is in the key of its state, whose owner is written beside.
  const ofState = [...fields.filter((name) => name !== "job_id"), "user_id"];
  const undeclared = keys.spelt.filter(({ text }) => !sharesName(text));
  const known = new Set(metrics.known);
  const unknown = metrics.named.filter(
    ({ text }) => !known.has(text.replace(/_(?:bucket|sum|count)$/, "")),
  );
  return [
    row(
      "fields of an event in its stream",
      emit,
      differences(events.stream, fields),
      fields.join(" "),
    ),
    row("fields of a scan's state", emit, differences(events.state, ofState), ofState.join(" ")),
    row(
      "keys in Redis",
      { used: "lib/scan-store/scan-keys.ts", add: "the file that spells one itself" },
      [
        ...undeclared.map(({ file, text }) => `${file} spells ${text}`),
        ...duplicates(keys.declared).map((text) => `two kinds of keys begin with ${text}`),
      ],
      `${keys.declared.length} kinds, spelt in one file`,
    ),
    ...stageRows(code.messages),
    row(
      "metrics",
      { used: "services/*/README.md, infra/k8s", add: "the metric's name" },
      unknown.map(({ file, text }) => `${file} names ${text}, which nothing counts`),
      `${new Set(metrics.named.map(({ text }) => text)).size} named, each of them counted`,
    ),
  ];
}

/** A channel, which is no key and has a key's name. */
const sharesName = (text: string) => text === "scan:cancel";

function duplicates(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))];
}

/** What a stage publishes has what the next one refuses to be without. */
function stageRows(messages: Facts["code"]["messages"]): ManifestCheck[] {
  const stages = OPEN_STAGES.slice(1);
  const outputs = ["vision", "answer"];
  return stages.slice(1).map((next, i) => {
    const before = stages[i] ?? "";
    const has = new Set([
      ...(messages[`scan.${before}`] ?? []),
      ...(outputs.includes(before) ? [before] : []),
    ]);
    const lacks = (messages[`scan.${next}`] ?? []).filter((name) => !has.has(name));
    return row(
      `message from ${before} to ${next}`,
      { used: `services/worker/tasks/scan.${next}.ts`, add: "lib/scan/scan-message.ts" },
      lacks.map((name) => `${next} needs ${name}`),
      [...has].join(" "),
    );
  });
}

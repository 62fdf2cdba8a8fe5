import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";

/**
 * One word for one thing, and the field's word where it has one: whoever searches the code, its logs and
 * its metrics finds a thing under the name they know. Left what is no longer written, right what is.
 */
const retired: readonly (readonly [word: RegExp, instead: string])[] = [
  [/\b(?:raw)?letters?(?:max|perrun)\b|\b(?:take|revive|archive|purge)letters?\b/i, "dead letter"],
  [/\bborn_?at\b/i, "createdAt"],
  [
    /\bgive_?back\b|\bgiven[ _]back\b|\bgive back\b/i,
    "retry later; defer, where no try is counted",
  ],
  [/\bon_?given_?up\b|\bgiveUp\b/i, "onExhausted; abort"],
  [/\bwait[ _-]?queues?\b/i, "retry queue"],
  [/\b(?:set|pace)?intake\b|consumer_intake/i, "prefetch, adaptive prefetch"],
  [/\b(?:open|create)outside\b|\boutlets?\b/i, "the dependency by its name; publishers"],
  [/\btakeBack\b/, "rollback"],
  [/\bhappenings?\b/i, "StageUpdate"],
  [/\b(?:take|oldest|all)?untold\b|\ballTold\b/i, "pending, published"],
  [/black-?list/i, "revocation list"],
  [/\b(?:open|create)gate\b|\bcreateDoor\b|\bDoorDeps\b/i, "authenticate, ext-authz handler"],
  [
    /\bRefreshPace\b|\bhasRoom\b|\bRefreshBursts?\b/i,
    "refresh rate limit, concurrent-refresh window",
  ],
  [/\bshel(?:f|ves)\b/i, "prefix"],
  [/\bGenerations\b/, "LRU"],
  [/\brehears(?:al|e)\b/i, "fixture, fakes"],
  [/\b(?:won|win) ?back\b|\bknownMin\b/i, "increase, minimum"],
  [
    /\bask-?models\b|\bpick-?models\b|\bshare-?vision\b/i,
    "callWithFallback, selectModels, single flight",
  ],
  [
    /\bretarget\b|\bhang-?up\b|\bcome-?back\b|\bmanners\b|\bobey/i,
    "reset, close, reconnect, quirks, handle",
  ],
  [/\bstand-?in\b/i, "fake model server; fallback"],
  [/\bscan-?log\b|\bendEpochSeq\b/i, "scan events, epoch.ts"],
  [/\b\w+(?:LengthMax|CharactersMax)\b/, "…CharsMax, …BytesMax: the unit, then the qualifier"],
];

const root = resolve(import.meta.dir, "..");
const files = [
  "lib",
  "services",
  "infra",
  "migrations",
  "README.md",
  "CONTRIBUTING.md",
  "compose.yaml",
]
  .flatMap((top) => (/\./.test(top) ? [join(root, top)] : below(join(root, top))))
  .filter((path) => /\.(?:tsx?|md|yaml|Dockerfile)$/.test(path) && path !== import.meta.path);

function below(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

test("retired words stay out of code, file names, logs, metrics and documents", () => {
  expect(files.length).toBeGreaterThan(600);
  const found = files.flatMap((path) => {
    const name = relative(root, path);
    const text = readFileSync(path, "utf8");
    return retired
      .filter(([word]) => word.test(name) || word.test(text))
      .map(([word, instead]) => `${name}: ${word.exec(text)?.[0] ?? "its name"}: write ${instead}`);
  });
  expect(found).toEqual([]);
}, 30_000);

import { alignColumns } from "#lib/cli/align-columns.ts";
import { runCommand } from "#lib/cli/run-command.ts";
import { makeKey } from "#lib/token/key-set.ts";
import type { KeySetJson } from "#lib/token/key-set-json.ts";
import {
  addKey,
  dropKey,
  listKeys,
  promoteKey,
  publicKeys,
  readKeySet,
} from "./adapters/key-set.ts";
import type { Environment } from "./main-environment.ts";
import { type KeysVerb, keysCommand, readVerb } from "./main-keys-command.ts";

/** Makes and rotates the keys that sign tokens. Of the environment it reads `AUTH_KEYS` alone. */
export function keys(args: readonly string[], environment: Environment): Promise<void> {
  return runCommand(
    keysCommand,
    async (typed) => {
      const { AUTH_KEYS } = await environment([]);
      process.stdout.write(`${await run(readVerb(typed), AUTH_KEYS)}\n`);
      return 0;
    },
    args,
  );
}

async function run(verb: KeysVerb, text: string | undefined): Promise<string> {
  const given = () => readKeySet(text);
  switch (verb) {
    case "new":
      return show({ keys: [await makeKey()] }, "secret; how to replace it: keys --help");
    case "add":
      return show(
        addKey(given(), await makeKey()),
        "secret; next, once every process has it: promote",
      );
    case "promote":
      return show(
        promoteKey(given()),
        "secret; next, when the old key's last token has ended: drop",
      );
    case "drop":
      return show(dropKey(given()), "secret");
    case "public":
      return show(publicKeys(given()), "not secret");
    case "list":
      return alignColumns(listKeys(given()));
  }
}

/** Standard output is what goes into AUTH_KEYS, and nothing else. */
function show(set: KeySetJson, remark: string): string {
  say(`${set.keys.length} ${set.keys.length === 1 ? "key" : "keys"}: ${remark}`);
  return JSON.stringify(set);
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

import { alignColumns } from "#lib/cli/align-columns.ts";
import { runCommand } from "#lib/cli/run-command.ts";
import { makeKey } from "#lib/token/key-set.ts";
import type { KeySetJson } from "#lib/token/key-set-json.ts";
import { type KeysVerb, keysCommand, readVerb } from "./keys-arguments.ts";
import { addKey, dropKey, listKeys, promoteKey, publicKeys, readKeySet } from "./keys-rotation.ts";

/** `bun run keys`: makes and rotates the keys that sign tokens. */
await runCommand(keysCommand, async (typed) => {
  process.stdout.write(`${await run(readVerb(typed))}\n`);
  return 0;
});

async function run(verb: KeysVerb): Promise<string> {
  const given = () => readKeySet(process.env.AUTH_KEYS);
  switch (verb) {
    case "new":
      return show({ keys: [await makeKey()] }, "secret; how to replace it: bun run keys --help");
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

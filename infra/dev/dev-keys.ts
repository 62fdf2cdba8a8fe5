import { chmod, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { makeKey } from "#lib/token/key-set.ts";
import { KeySetJson } from "#lib/token/key-set-json.ts";

/**
 * The key set of `bun run dev`, as `AUTH_KEYS` takes it: made once and kept, so that a restart on a
 * change keeps everybody signed in. A broken one is replaced.
 */
export async function keepDevKeys(folder: string): Promise<string> {
  const file = join(folder, "auth-keys.json");
  const text = await readFile(file, "utf8").catch(() => "");
  if (v.is(v.pipe(v.string(), v.parseJson(), KeySetJson), text)) {
    // A copied project may have brought it along readable by all.
    await chmod(file, ownerOnly);
    return text;
  }
  const made = JSON.stringify({ keys: [await makeKey()] });
  // Whole or not at all, and never readable by others, not even while it is written.
  const draft = `${file}.${crypto.randomUUID()}`;
  await writeFile(draft, made, { mode: ownerOnly, flag: "wx" });
  await rename(draft, file);
  return made;
}

const ownerOnly = 0o600;

import { beforeAll, describe, expect, test } from "bun:test";
import { parseCommandLine } from "#lib/cli/command-line.ts";
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
import { keysCommand, readVerb } from "./main-keys-command.ts";

type Key = KeySetJson["keys"][number];
const kids = ({ keys }: KeySetJson) => keys.map(({ kid }) => kid);
let old: Key;
let fresh: Key;

beforeAll(async () => {
  [old, fresh] = await Promise.all([makeKey(), makeKey()]);
});

describe("a rotation", () => {
  test("signs with the old key until the new one is known, and verifies both until the last step", () => {
    const before = { keys: [old] };
    const added = addKey(before, fresh);
    expect(kids(added)).toEqual([old.kid, fresh.kid]);
    const promoted = promoteKey(added);
    expect(kids(promoted)).toEqual([fresh.kid, old.kid]);
    expect(kids(dropKey(promoted))).toEqual([fresh.kid]);
    expect(before.keys).toHaveLength(1);
  });

  test("is refused where a step would leave nobody signed in, or no key that signs", () => {
    expect(() => promoteKey({ keys: [old] })).toThrow("add first");
    expect(() => dropKey({ keys: [old] })).toThrow("nobody could sign in");
    expect(() => addKey(publicKeys({ keys: [old] }), fresh)).toThrow("full set");
    const [half] = publicKeys({ keys: [fresh] }).keys;
    expect(() => promoteKey({ keys: half ? [old, half] : [] })).toThrow("cannot sign");
    const many = Array.from({ length: 16 }, (_, i) => ({ ...old, kid: `k${i}` }));
    expect(() => addKey({ keys: many }, fresh)).toThrow("too many");
  });
});

describe("what may be shown", () => {
  test("of a key is its public half, member by member", () => {
    const shown = publicKeys({ keys: [old, fresh] });
    expect(kids(shown)).toEqual([old.kid, fresh.kid]);
    for (const key of shown.keys) expect(Object.keys(key)).toEqual(["kty", "kid", "n", "e"]);
  });

  test("in a list is what each key does, and nothing of the key", () => {
    const set = { keys: [old, fresh] };
    expect(listKeys(set)).toEqual([
      [old.kid, "signs, verifies", "private"],
      [fresh.kid, "verifies", "private"],
    ]);
    expect(listKeys(publicKeys(set)).map(([, ...row]) => row)).toEqual([
      ["verifies", "public"],
      ["verifies", "public"],
    ]);
  });

  test("of a set that cannot be read is nothing", () => {
    const broken = JSON.stringify({ keys: [{ ...old, kty: "oct" }] });
    for (const text of [broken, broken.slice(1)]) {
      const error = catching(() => readKeySet(text));
      expect(error).toStartWith("AUTH_KEYS is not");
      expect(error).not.toContain(old.n.slice(0, 20));
    }
    for (const text of [undefined, "", " "])
      expect(catching(() => readKeySet(text))).toInclude("new");
  });
});

test("a verb is one word, `new` where there is none", () => {
  const read = (line: string) => {
    const typed = parseCommandLine(keysCommand, line.split(" ").filter(Boolean));
    return typeof typed === "string" ? typed : readVerb(typed);
  };
  expect(read("")).toBe("new");
  expect(read("drop")).toBe("drop");
  expect(read("drop -h")).toBe("help");
  for (const line of ["remove", "new new", "--force", "toString"])
    expect(catching(() => read(line))).not.toBe("nothing");
});

describe("the command", () => {
  test("prints what AUTH_KEYS takes on one line, and words beside it", async () => {
    const made = await keys("new");
    expect(made.code).toBe(0);
    expect(made.out.split("\n")).toHaveLength(2);
    expect(made.words).toContain("1 key");
    expect(readKeySet(made.out).keys[0]?.d).toBeString();
    const added = await keys("add", made.out);
    expect(readKeySet(added.out).keys).toHaveLength(2);
    expect(readKeySet(added.out).keys[0]).toEqual(readKeySet(made.out).keys[0]);
    const listed = await keys("list", added.out);
    expect(listed.out).toMatch(/^\S+ {2}signs, verifies {2}private\n\S+ {2}verifies {9}private\n$/);
  }, 20_000);

  test("prints nothing where it has nothing to start from", async () => {
    expect(await keys("add", "{}")).toEqual({
      code: 2,
      out: "",
      words: "keys: AUTH_KEYS is not a JSON Web Key Set of RSA keys\n",
    });
  });
});

async function keys(verb: string, AUTH_KEYS = "") {
  const child = Bun.spawn([process.execPath, `${import.meta.dir}/main.ts`, "keys", verb], {
    env: { PATH: process.env.PATH, AUTH_KEYS },
    stderr: "pipe",
  });
  const [out, words, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { out, words, code };
}

function catching(work: () => unknown): string {
  try {
    work();
    return "nothing";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

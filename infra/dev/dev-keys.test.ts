import { afterAll, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { KeySetJson } from "#lib/token/key-set-json.ts";
import { keepDevKeys } from "./dev-keys.ts";

const folder = mkdtempSync(join(tmpdir(), "eco2-dev-keys-"));
const file = join(folder, "auth-keys.json");
afterAll(() => rmSync(folder, { recursive: true }));

test("a developer's keys are made once, are theirs alone, and sign", async () => {
  const made = await keepDevKeys(folder);
  expect(v.parse(KeySetJson, JSON.parse(made)).keys[0]?.d).toBeString();
  expect(readdirSync(folder)).toEqual(["auth-keys.json"]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  chmodSync(file, 0o644);
  expect(await keepDevKeys(folder)).toBe(made);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("keys that cannot be used are replaced", async () => {
  for (const broken of ["", "{", '{"keys":[]}']) {
    writeFileSync(file, broken);
    expect(JSON.parse(await keepDevKeys(folder)).keys).toHaveLength(1);
  }
});

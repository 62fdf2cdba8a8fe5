import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createState, localFolder, readState, writeState } from "./state.ts";

let project: string;
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "eco2-state-"));
  localFolder(project);
});
afterEach(() => rmSync(project, { recursive: true }));

const place = { home: "/nowhere", account: null };

test("what was written is read back, and only its owner may read it", () => {
  expect(readState(project)).toBeUndefined();
  const state = createState(project, place);
  writeState(state);
  expect(readState(project)).toEqual(state);
  expect(statSync(join(project, ".local", "services.json")).mode & 0o777).toBe(0o600);
});

test("a write that was cut short leaves the state before it", () => {
  const state = createState(project, place);
  writeState(state);
  writeFileSync(join(project, ".local", "services.json.new"), '{"project":');
  expect(readState(project)).toEqual(state);
});

test("a copied project starts from scratch instead of adopting the original's servers", () => {
  writeState(createState(project, place));
  const copy = `${project}-copy`;
  cpSync(project, copy, { recursive: true });
  expect(readState(copy)).toBeUndefined();
  expect(createState(copy, place).id).not.toBe(createState(project, place).id);
  rmSync(copy, { recursive: true });
});

test.each(["", "{", "{}", '{"id":"../../etc"}'])("%p is refused with the file's name", (text) => {
  writeFileSync(join(project, ".local", "services.json"), text);
  expect(() => readState(project)).toThrow("services.json is not a state of this version");
});

test("ports differ from each other and secrets are never the same twice", () => {
  const [one, two] = [createState(project, place), createState(project, place)];
  expect(new Set(Object.values(one.ports)).size).toBe(5);
  const secrets = [...Object.values(one.secrets), ...Object.values(two.secrets)];
  expect(new Set(secrets).size).toBe(10);
});

test("no secret is anywhere but in the state file", () => {
  const state = createState(project, place);
  writeState(state);
  const files = readdirSync(join(project, ".local"), { recursive: true, withFileTypes: true });
  const telling = files
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name))
    .filter((path) => readFileSync(path, "utf8").includes(state.secrets.postgres));
  expect(telling).toEqual([join(project, ".local", "services.json")]);
});

import { expect, test } from "bun:test";
import { join } from "node:path";
import * as v from "valibot";
import { parse } from "yaml";
import { createLogger } from "#lib/log/logger.ts";

/**
 * Debian has no Fluent Bit: what its configuration does to a line is done here by its own expressions, which are
 * written the same in Ruby's dialect and in ours. That Fluent Bit itself takes the file, no test shows.
 */
const Parser = v.object({
  name: v.string(),
  format: v.picklist(["regex", "json"]),
  regex: v.optional(v.string()),
  time_key: v.string(),
  time_format: v.string(),
});
const Config = v.object({
  parsers: v.array(Parser),
  pipeline: v.object({ filters: v.array(v.record(v.string(), v.unknown())) }),
});
const file = join(import.meta.dir, "fluent-bit/fluent-bit.yaml");
const { parsers, pipeline } = v.parse(Config, parse(await Bun.file(file).text()));
const [cri, eco2] = ["cri", "eco2"].map((name) => parsers.find((one) => one.name === name));
const [, dropped = ""] = /^level (\S+)$/.exec(String(pipeline.filters[1]?.exclude)) ?? [];

/** What is left of a line of a process; undefined for one that is dropped. */
function collect(line: string): Record<string, unknown> | undefined {
  const inContainer = `2026-11-29T13:27:49.123456789+00:00 stdout F ${line}`;
  const { log = "", ...around } = new RegExp(cri?.regex ?? "").exec(inContainer)?.groups ?? {};
  expect(around.time).toMatch(timePattern(cri?.time_format));
  const record = readJson(log) ?? { log };
  if (new RegExp(dropped).test(String(record.level))) return undefined;
  if (record.log === undefined)
    expect(record[eco2?.time_key ?? ""]).toMatch(timePattern(eco2?.time_format));
  return record;
}

function readJson(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** strptime's letters that the file uses; `%L` are the digits of a fraction. */
function timePattern(format = ""): RegExp {
  const digits = { Y: 4, m: 2, d: 2, H: 2, M: 2, S: 2 };
  const pattern = format.replace(/%(\w)/g, (_, letter: string) => {
    if (letter === "L") return "\\d{1,9}";
    if (letter === "z") return "(?:Z|[+-]\\d\\d:?\\d\\d)";
    return `\\d{${Reflect.get(digits, letter)}}`;
  });
  return new RegExp(`^${pattern}$`);
}

const lines: string[] = [];
const log = createLogger("edge", "debug", (line) => lines.push(line.trimEnd()));

test("what a process logs becomes its fields, and access and debug are dropped", () => {
  log.info("scan ended", { task_id: "t", duration_ms: 3, outcome: "completed" });
  log.error("request failed", { error: new Error('two\nlines "quoted" \\ 한국어') });
  log.access("request", { path: "/" });
  log.debug("task done");
  const [ended, failed, ...others] = lines.map(collect);
  expect(ended).toMatchObject({ level: "info", logger: "edge", task_id: "t", duration_ms: 3 });
  expect(failed).toMatchObject({ error: { message: 'two\nlines "quoted" \\ 한국어' } });
  expect(others).toEqual([undefined, undefined]);
});

test("what a process says when it cannot start is a record of its own, and whole where it is no JSON", async () => {
  const child = Bun.spawn([process.execPath, "services/edge/main.ts"], {
    cwd: join(import.meta.dir, "../.."),
    env: { PATH: process.env.PATH },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  const [refused] = out.trim().split("\n").map(collect);
  expect(refused).toMatchObject({ level: "error", logger: "edge", message: "boot refused" });
  expect(String(refused?.reason)).toContain("DATABASE_URL: is required");
  const [plain = ""] = err.split("\n");
  expect(collect(plain)).toEqual({ log: plain });
}, 20_000);

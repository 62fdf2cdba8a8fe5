import { describe, expect, test } from "bun:test";
import { openApiFile, releasedFile, releaseOpenApi } from "./openapi.ts";
import { breakingChanges, mayBreak } from "./openapi-breaking.ts";

const now = await Bun.file(openApiFile).json();
const scan = "/api/v1/scan";

test("nothing that the last release promised is broken; a version that may says so by `bun run docs`", async () => {
  const released = await Bun.file(releasedFile).json();
  expect(breakingChanges(released, now)).toEqual([]);
});

/** The document after a change. */
function changed(change: (document: typeof now) => void) {
  const next = structuredClone(now);
  change(next);
  return next;
}

describe("what breaks a client is found:", () => {
  const { schemas } = now.components;
  test.each<[what: string, change: (document: typeof now) => void]>([
    ["an operation is gone", ({ paths }) => delete paths[scan].post],
    ["a path is gone", ({ paths }) => delete paths[scan]],
    ["a success has another status", ({ paths }) => delete paths[scan].post.responses["202"]],
    [
      "a response has another type",
      ({ paths }) => {
        paths[scan].get.responses["200"].content = { "text/csv": {} };
      },
    ],
    ["a member is gone", ({ components }) => delete components.schemas.Reward.properties.name],
    [
      "a member may be missing",
      ({ components }) => components.schemas.ScanResult.required.splice(0, 1),
    ],
    [
      "a member may be null",
      ({ components }) => {
        components.schemas.Reward.properties.name = {
          anyOf: [{ type: "string" }, { type: "null" }],
        };
      },
    ],
    [
      "a member is of another type",
      ({ components }) => {
        components.schemas.Account.properties.id = { type: "number" };
      },
    ],
    [
      "a body has to have more",
      ({ components }) => components.schemas.ScanRequest.required.push("model"),
    ],
    [
      "a body may be shorter only",
      ({ components }) => {
        components.schemas.ScanRequest.properties.image_url.maxLength = 100;
      },
    ],
    [
      "a list of a request is shorter",
      ({ components }) => components.schemas.FeedbackRequest.properties.verdict.enum.pop(),
    ],
    [
      "a parameter is required",
      ({ paths }) => {
        paths[scan].get.parameters[0].required = true;
      },
    ],
    ["a parameter is not read", ({ paths }) => paths[scan].get.parameters.splice(0, 1)],
    ["a header is not read", ({ paths }) => paths[scan].post.parameters.splice(0, 1)],
    [
      "what was open needs a sign-in",
      ({ paths }) => {
        delete paths["/api/v1/character/catalog"].get.security;
      },
    ],
  ])("%s", (_, change) => {
    expect(Object.keys(schemas).length).toBeGreaterThan(40);
    const next = changed(change);
    expect(breakingChanges(now, next)).not.toEqual([]);
  });
});

test("what is only added breaks nobody", () => {
  const next = changed(({ paths, components }) => {
    paths["/api/v1/new"] = { get: { responses: { 200: {} } } };
    paths[scan].post.responses["418"] = {};
    paths[scan].get.parameters.push({ in: "query", name: "since", schema: { type: "string" } });
    components.schemas.Reward.properties.rarity = { type: "string" };
    components.schemas.ScanRequest.properties.hint = { type: "string" };
    components.schemas.ScanRequest.properties.image_url.maxLength = 4_096;
    components.schemas.ErrorCode.enum.push("TEAPOT");
  });
  expect(breakingChanges(now, next)).toEqual([]);
});

test("a version may break what the one before promised where its first number says so", () => {
  const may = (before: string, after: string) => mayBreak(before, after);
  expect([may("0.2.0", "0.2.1"), may("0.2.0", "0.3.0"), may("1.2.0", "1.3.0")]).toEqual([
    false,
    true,
    false,
  ]);
  expect(may("1.9.0", "2.0.0")).toBe(true);
});

test("a new version that may not break is refused, and one that may is what is promised next", () => {
  const broken = (version: string) =>
    changed((document) => {
      document.info.version = version;
      delete document.paths[scan].get;
    });
  const before = { ...now, info: { ...now.info, version: "0.2.0" } };
  expect(() => releaseOpenApi(before, broken("0.2.1"))).toThrow("GET /api/v1/scan is gone");
  expect(releaseOpenApi(before, broken("0.3.0")).info.version).toBe("0.3.0");
  expect(releaseOpenApi(before, broken("0.2.0"))).toBe(before);
});

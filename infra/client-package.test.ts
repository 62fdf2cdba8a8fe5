import { describe, expect, test } from "bun:test";
import { bundleClient } from "./client-package.ts";
import { clientTypesFile, renderClientTypes } from "./client-types.ts";
import { openApiFile } from "./openapi.ts";

describe("the client", () => {
  test("is 8 KB at most, compressed, with all it needs", async () => {
    const bundle = await bundleClient();
    expect(Bun.gzipSync(bundle).byteLength).toBeLessThanOrEqual(8 * 1024);
    expect(bundle).not.toMatch(/\bfrom ?["']|\brequire\(/);
  });

  test("has the types of the document that is served: `bun run docs` writes both", async () => {
    const openApi = await Bun.file(openApiFile).text();
    expect(await renderClientTypes(openApi)).toBe(await Bun.file(clientTypesFile).text());
  }, 60_000);
});

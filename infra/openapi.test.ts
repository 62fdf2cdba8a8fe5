import { describe, expect, test } from "bun:test";
import { FAULTS } from "#lib/error/fault-table.ts";
import { openApiProblems } from "#lib/testing/openapi-problems.ts";
import { openApiFile, renderOpenApi } from "./openapi.ts";

const document = JSON.parse(await renderOpenApi());
const paths: Record<
  string,
  Record<string, { responses: Record<string, { description: string }>; requestBody?: RequestBody }>
> = document.paths;

describe("the API's OpenAPI document", () => {
  test("is one that clients can be generated from", () => {
    expect(openApiProblems(document)).toEqual([]);
  });

  test("has nothing that redocly's linter would change", async () => {
    const env = { PATH: process.env.PATH, REDOCLY_TELEMETRY: "off" };
    const cli = Bun.fileURLToPath(import.meta.resolve("@redocly/cli/bin/cli.js"));
    const given = { cwd: new URL("..", import.meta.url).pathname, env, stderr: "pipe" } as const;
    const command = [process.execPath, cli, "lint", openApiFile.pathname];
    const lint = Bun.spawn(command, { ...given, stdout: "pipe" });
    const said = await new Response(lint.stdout).text();
    const log = await new Response(lint.stderr).text();
    expect([await lint.exited, said + log]).toEqual([0, expect.stringContaining("is valid")]);
    expect(said + log).not.toContain("You have");
  }, 60_000);

  test("documents for every authenticated operation the responses to a bad token", () => {
    const me = paths["/api/v1/users/me"]?.delete?.responses[401]?.description;
    expect(me?.split(", ")).toEqual(
      expect.arrayContaining(["UNAUTHENTICATED", "TOKEN_EXPIRED", "TOKEN_REVOKED"]),
    );
    const open = paths["/api/v1/character/catalog"]?.get?.responses;
    expect(Object.keys(open ?? {})).not.toContain("401");
  });

  test("has every call of the contract", () => {
    const calls = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(calls).toEqual(
      expect.arrayContaining([
        "POST /api/v1/scan",
        "GET /api/v1/scan",
        "GET /api/v1/scan/categories",
        "GET /api/v1/scan/result/{job_id}",
        "GET /api/v1/scan/{job_id}/result",
        "GET /api/v1/stream",
        "GET /api/v1/scan/{job_id}/events",
        "POST /api/v1/images/{channel}",
        "POST /api/v1/images/{channel}/callback",
        "GET /api/v1/users/me",
        "PATCH /api/v1/users/me",
        "DELETE /api/v1/users/me",
        "GET /api/v1/users/me/characters",
        "GET /api/v1/users/me/characters/{name}/ownership",
        "GET /api/v1/character/catalog",
        "POST /api/v1/character/catalog",
        "PATCH /api/v1/character/catalog/{code}",
        "DELETE /api/v1/character/catalog/{code}",
        "GET /api/v1/character/images/{file}",
      ]),
    );
  });

  test("lets null stand for every member of a body that may be left out", () => {
    const optional = Object.entries(paths).flatMap(([path, methods]) =>
      Object.values(methods).flatMap(({ requestBody }) => {
        const body = requestBody?.content["application/json"]?.schema ?? {};
        const name = body.$ref?.split("/").at(-1) ?? "";
        const { properties = {}, required = [] }: Body = document.components.schemas[name] ?? body;
        return Object.entries(properties)
          .filter(([name]) => !required.includes(name))
          .map(([name, schema]) => [path, name, JSON.stringify(schema)] as const);
      }),
    );
    expect(optional.length).toBeGreaterThan(8);
    expect(optional.filter(([, , schema]) => !schema.includes('{"type":"null"}'))).toEqual([]);
  });

  test("names faults that exist, each under the status it is answered with", () => {
    for (const methods of Object.values(paths)) {
      for (const { responses } of Object.values(methods)) {
        for (const [status, { description }] of Object.entries(responses)) {
          if (!/^[45]/.test(status)) continue;
          for (const code of description.split(", ")) {
            const found = Object.entries(FAULTS).find(([name]) => name === code);
            expect(`${code} ${found?.[1].status}`).toBe(`${code} ${status}`);
          }
        }
      }
    }
  });
});

interface RequestBody {
  readonly content: Record<string, { readonly schema?: Body }>;
}

interface Body {
  readonly $ref?: string;
  readonly properties?: Record<string, unknown>;
  readonly required?: string[];
}

import { expect, describe as group, test } from "bun:test";
import { Hono } from "hono";
import * as v from "valibot";
import { version } from "#lib/config/version.ts";
import { createLogger } from "#lib/log/logger.ts";
import { openApiProblems } from "#lib/testing/openapi-problems.ts";
import { type AppEnv, createApp } from "./create-app.ts";
import { describe, generateDocument } from "./openapi.ts";
import { validate } from "./validate.ts";

const Thing = v.object({ id: v.pipe(v.string(), v.uuid()) });
const routes = new Hono<AppEnv>();
routes.post(
  "/things",
  describe({
    id: "makeThing",
    tag: "things",
    summary: "Make a thing",
    headers: ["X-Idempotency-Key"],
    responses: { 201: { description: "Made", schema: Thing } },
    faults: ["MALFORMED_JSON", "VALIDATION_FAILED", "CONTENT_TYPE_UNSUPPORTED", "UNAVAILABLE"],
  }),
  validate("json", Thing),
  (c) => c.json(c.req.valid("json"), 201),
);
routes.get(
  "/things/:id/events",
  describe({
    id: "followThing",
    tag: "things",
    summary: "Follow a thing",
    responses: {
      200: { description: "Events", schema: Thing, mediaType: "text/event-stream" },
      204: { description: "Over" },
    },
    faults: ["JOB_NOT_FOUND"],
  }),
  validate("param", Thing),
  validate("query", v.object({ after: v.optional(v.string()) })),
  (c) => c.text(""),
);
routes.get(
  "/api/v1/character/catalog",
  describe({
    id: "readThings",
    tag: "things",
    summary: "Read what everybody may",
    responses: { 200: { description: "All of it" } },
    faults: [],
  }),
  (c) => c.text(""),
);
routes.get("/not-described", (c) => c.text(""));
const app = createApp(
  createLogger("test", "error", () => undefined),
  [routes],
);
const document = async () => JSON.parse(JSON.stringify(await generateDocument(app)));

group("the OpenAPI document", () => {
  test("is a valid OpenAPI 3.1 document of the routes that are described, and of no others", async () => {
    const made = await document();
    expect(openApiProblems(made)).toEqual([]);
    expect(Object.keys(made.paths)).toEqual([
      "/things",
      "/things/{id}/events",
      "/api/v1/character/catalog",
    ]);
    expect(made.info).toEqual({
      title: "Eco²",
      version,
      description: expect.stringContaining("RFC 9457"),
      license: { name: "MIT", identifier: "MIT" },
    });
  });

  test("reads from the table of public operations which need no login", async () => {
    const { paths } = await document();
    expect(paths["/api/v1/character/catalog"].get.security).toEqual([]);
    expect(paths["/things"].post).not.toHaveProperty("security");
  });

  test("takes a bearer token, the cookie of a sign-in or, in development, a user id", async () => {
    const { components, security, info } = await document();
    // Alternatives: one object with all three would require all of them at once.
    expect(security).toEqual([{ bearer: [] }, { cookie: [] }, { user: [] }]);
    expect(components.securitySchemes).toMatchObject({
      bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
      cookie: { type: "apiKey", in: "cookie", name: "s_access" },
      user: { type: "apiKey", in: "header", name: "X-User-ID" },
    });
    for (const text of [components.securitySchemes.user.description, info.description])
      expect(text).toContain("AUTH_MODE=dev");
  });

  test("describes bodies, parameters and responses by the schemas that check them", async () => {
    const { paths } = await document();
    const { requestBody, responses } = paths["/things"].post;
    const schema = {
      type: "object",
      properties: { id: { type: "string", format: "uuid" } },
      required: ["id"],
    };
    expect(requestBody.content["application/json"].schema).toEqual(schema);
    expect(responses[201].content["application/json"].schema).toEqual(schema);
    const follow = paths["/things/{id}/events"].get;
    expect(follow.parameters).toMatchObject([
      { in: "path", name: "id", required: true },
      { in: "query", name: "after" },
    ]);
    expect(follow.responses[200].content["text/event-stream"].schema).toEqual(schema);
    expect(follow.responses[204].content).toBeUndefined();
  });

  test("shows the headers of requests and responses", async () => {
    const { paths, components } = await document();
    const { parameters, responses } = paths["/things"].post;
    expect(parameters).toEqual([{ $ref: "#/components/parameters/X-Idempotency-Key" }]);
    expect(Object.keys(responses[503].headers)).toEqual(["X-Request-Id", "Retry-After"]);
    expect(Object.keys(responses[201].headers)).toEqual(["X-Request-Id"]);
    expect(components.headers).toHaveProperty(["X-Request-Id", "description"]);
  });

  test("names the faults of each status", async () => {
    const { responses } = (await document()).paths["/things"].post;
    expect(Object.keys(responses)).toEqual(["201", "400", "415", "503"]);
    expect(responses[400].description).toBe("MALFORMED_JSON, VALIDATION_FAILED");
  });
});

import type { Hono } from "hono";
import { describeRoute, generateSpecs, resolver } from "hono-openapi";
import type * as v from "valibot";
import { version } from "#lib/config/version.ts";
import { FAULTS, type FaultCode } from "#lib/error/fault-table.ts";
import { publicOperations } from "#lib/token/public-operations.ts";
import type { AppEnv } from "./create-app.ts";
import {
  headers,
  headersOfStatus,
  parameters,
  type RequestHeader,
  type ResponseHeader,
  securitySchemes,
  tags,
} from "./openapi-components.ts";
import { webhookSchemas, webhooks } from "./openapi-webhooks.ts";
import { Problem } from "./problem.ts";

interface ResponseDescription {
  readonly description: string;
  readonly schema?: v.GenericSchema<unknown, unknown>;
  /** Default `application/json`. */
  readonly mediaType?: string;
  /** Besides those that every response of its status has. */
  readonly headers?: readonly ResponseHeader[];
}

interface Operation {
  /** What a client's generated function is called; no two operations have the same. */
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly responses: Readonly<Record<number, ResponseDescription>>;
  /** Of the request, that `validate` does not see. */
  readonly headers?: readonly RequestHeader[];
  /**
   * Grouped by status in the document; with `UNAUTHENTICATED`, those of an invalid token are added, and with
   * `CONTENT_TYPE_UNSUPPORTED` the others of `jsonBody`.
   */
  readonly faults: readonly FaultCode[];
}

/**
 * Describes a route in the OpenAPI document. Request parts are described by `validate` itself;
 * whether the operation is public is read from `lib/token/public-operations.ts`.
 *
 * @example
 * app.get("/things/:id", describe({
 *   id: "readThing",
 *   tag: "things",
 *   summary: "Read a thing",
 *   responses: { 200: { description: "The thing", schema: Thing } },
 *   faults: ["UNAUTHENTICATED", "NOT_FOUND"],
 * }), validate("param", ThingParam), (c) => …);
 */
export function describe(operation: Operation) {
  const { id, tag, summary, responses: own, faults: ownFaults, headers: read = [] } = operation;
  const faults = [
    ...ownFaults,
    ...(ownFaults.includes("UNAUTHENTICATED") ? TOKEN_FAULTS : []),
    ...(ownFaults.includes("CONTENT_TYPE_UNSUPPORTED") ? BODY_FAULTS : []),
  ];
  const responses: Record<string, ReturnType<typeof toResponse>> = {};
  for (const [status, value] of Object.entries(own)) {
    responses[status] = toResponse(Number(status), value);
  }
  for (const code of faults) {
    const status = FAULTS[code].status;
    const codes = faults.filter((other) => FAULTS[other].status === status).join(", ");
    responses[status] ??= toResponse(status, {
      description: codes,
      schema: Problem,
      mediaType: "application/problem+json",
    });
  }
  const sent = read.map((name) => ({ $ref: `#/components/parameters/${name}` }));
  return describeRoute({
    operationId: id,
    tags: [tag],
    summary,
    responses,
    ...(sent.length > 0 && { parameters: sent }),
  });
}

/** How authentication refuses an invalid token. */
const TOKEN_FAULTS = [
  "TOKEN_INVALID",
  "TOKEN_EXPIRED",
  "TOKEN_REVOKED",
  "TOKEN_ALGORITHM_REFUSED",
  "TOKEN_KEY_UNKNOWN",
  "TOKEN_ISSUER_WRONG",
  "TOKEN_AUDIENCE_WRONG",
] as const satisfies readonly FaultCode[];

/** How `jsonBody` refuses a body of the right type. */
const BODY_FAULTS = [
  "CONTENT_ENCODING_UNSUPPORTED",
  "CHARSET_UNSUPPORTED",
] as const satisfies readonly FaultCode[];

function toResponse(status: number, described: ResponseDescription) {
  const { description, schema, mediaType = "application/json", headers: own = [] } = described;
  const names = [...headersOfStatus(status), ...own];
  const shown = names.map((name) => [name, { $ref: `#/components/headers/${name}` }]);
  const response = { description, headers: Object.fromEntries(shown) };
  return schema
    ? { ...response, content: { [mediaType]: { schema: resolver(schema) } } }
    : response;
}

/** The OpenAPI document of an app's routes. */
export async function generateDocument(app: Hono<AppEnv>) {
  const document = await generateSpecs(app, {
    documentation: {
      openapi: "3.1.0",
      info: { title: "Eco²", version, description, license },
      servers: [{ url: "/", description: "The server that this document is read from" }],
      tags: [...tags],
      components: { securitySchemes, parameters, headers },
      // Alternatives: one of them suffices.
      security: Object.keys(securitySchemes).map((scheme) => ({ [scheme]: [] })),
    },
    // The library's own description of a failed validation differs from what `validate` responds.
    defaultValidationErrorResponse: false,
    // The key set is an operation, though its path looks like a file.
    excludeStaticFile: false,
  });
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      const isPublic = publicOperations.has(`${method.toUpperCase()} ${path}`);
      if (isPublic && typeof operation === "object") Object.assign(operation, { security: [] });
    }
  }
  const { components = {} } = document;
  const schemas = { ...components.schemas, ...webhookSchemas };
  return { ...document, components: { ...components, schemas }, webhooks };
}

const description =
  "A photo of waste in; what it is, how to throw it away and what it earned out. Every error is an " +
  "RFC 9457 problem document: `code` is stable, `detail` is for the user.\n\n" +
  "Callers sign in at `/api/v1/auth/{provider}/authorize` and show their access token, as a cookie or " +
  "as a bearer token. A write with cookies must come from an allowed origin. Where the server runs " +
  "with `AUTH_MODE=dev`, and only there, `X-User-ID` does as well.";

const license = { name: "MIT", identifier: "MIT" };

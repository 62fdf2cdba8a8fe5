import { Hono } from "hono";
import type { AppEnv } from "#lib/http/create-app.ts";
import { generateDocument } from "#lib/http/openapi.ts";
import { ROUTES } from "./k8s/operations.ts";
import { breakingChanges, type Document, mayBreak } from "./openapi-breaking.ts";

/** Where every process that serves the API reads the document. */
export const openApiFile = new URL("../lib/http/openapi.json", import.meta.url);

/** The document of the last release: what clients were promised. */
export const releasedFile = new URL("./openapi-released.json", import.meta.url);

/**
 * The document that stands as released from now on: the new one where the version is new.
 *
 * @throws Error for a breaking change that the new version does not announce.
 */
export function releaseOpenApi(released: Document, next: Document): Document {
  if (released.info.version === next.info.version) return released;
  const broken = breakingChanges(released, next);
  const isAnnounced = mayBreak(released.info.version, next.info.version);
  if (broken.length > 0 && !isAnnounced) {
    throw new Error(
      `${next.info.version} breaks clients of ${released.info.version}: ${broken.join("; ")}`,
    );
  }
  return next;
}

/** The API's document: of every service's routes, whichever process has them. */
export async function renderOpenApi(): Promise<string> {
  const api = new Hono<AppEnv>();
  for (const routes of Object.values(ROUTES)) api.route("/", routes());
  return `${JSON.stringify(await generateDocument(api), null, 1)}\n`;
}

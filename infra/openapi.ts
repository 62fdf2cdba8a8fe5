import { Hono } from "hono";
import type { AppEnv } from "#lib/http/create-app.ts";
import { generateDocument } from "#lib/http/openapi.ts";
import { ROUTES } from "./k8s/operations.ts";

/** Where every process that serves the API reads the document. */
export const openApiFile = new URL("../lib/http/openapi.json", import.meta.url);

/** The API's document: of every service's routes, whichever process has them. */
export async function renderOpenApi(): Promise<string> {
  const api = new Hono<AppEnv>();
  for (const routes of Object.values(ROUTES)) api.route("/", routes());
  return `${JSON.stringify(await generateDocument(api), null, 1)}\n`;
}

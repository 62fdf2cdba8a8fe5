import { plugin } from "bun";
import * as typescript5 from "typescript-5";

/** Where the types of the API stand, for `lib/client` and for whoever is given the package. */
export const clientTypesFile = new URL("../lib/client/api.d.ts", import.meta.url);

/**
 * The document as TypeScript types. The generator builds them with the compiler's API, which TypeScript 7 has not:
 * it is given that of version 5, which nothing else here uses.
 */
export async function renderClientTypes(openApi: string): Promise<string> {
  plugin({
    name: "typescript 5",
    setup: (build) => {
      build.module("typescript", () => ({ exports: typescript5, loader: "object" }));
    },
  });
  const { astToString, default: generate } = await import("openapi-typescript");
  const nodes = await generate(openApi, { emptyObjectsUnknown: true });
  return `/** Generated from lib/http/openapi.json by \`bun run docs\`. */\n\n${astToString(nodes)}`;
}

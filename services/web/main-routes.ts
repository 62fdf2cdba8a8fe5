import { imageStoreOrigin, publicOrigin } from "#lib/config/public-url.ts";
import type { App } from "#lib/http/create-app.ts";
import { createWebRoutes, type Site } from "./adapters/http.ts";
import type { WebConfig } from "./config.ts";
import { buildSite } from "./main-site.ts";

/** The pages, for their own process and for edge. */
export function webRoutes(config: WebConfig): App {
  let site: Promise<Site> | undefined;
  const uploads = config.S3_ENDPOINT === undefined ? [] : [new URL(config.S3_ENDPOINT).origin];
  return createWebRoutes({
    // At the first request: a process whose pages nobody opens should start as fast as before.
    site: () => {
      site ??= buildSite();
      return site;
    },
    ownOrigin: publicOrigin(config),
    photoOrigins: [...new Set([publicOrigin(config), imageStoreOrigin(config), ...uploads])],
  });
}

import { startTcpProxy } from "#lib/testing/tcp-proxy.ts";
import { forEachService, type ServiceUrls, toServiceUrls, VARIABLES } from "../services/service.ts";

export type Links = ReturnType<typeof createLinks>;

/** One process's connections to the backing services, each through a proxy that can inject faults. */
export function createLinks(urls: ServiceUrls) {
  const proxies = forEachService((name) => startTcpProxy(urls[VARIABLES[name]]));
  const all = Object.values(proxies);
  return {
    ...proxies,
    /** The addresses of the proxies. */
    urls: toServiceUrls((name) => proxies[name].url),
    /** For services that were restarted on other ports. */
    setUpstream: (newUrls: ServiceUrls) =>
      void forEachService((name) => proxies[name].setUpstream(newUrls[VARIABLES[name]])),
    heal: () => {
      for (const proxy of all) proxy.heal();
    },
    stop: () => {
      for (const proxy of all) proxy.stop();
    },
  };
}

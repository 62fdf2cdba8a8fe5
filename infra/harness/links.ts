import { startTcpProxy } from "#lib/testing/tcp-proxy.ts";
import {
  forEachService,
  type ServiceName,
  type ServiceUrls,
  toServiceUrls,
  VARIABLES,
} from "../services/service.ts";

export type Links = ReturnType<typeof createLinks>;

/** One process's connections to the backing services, each through a proxy that can inject faults. */
export function createLinks(urls: ServiceUrls) {
  const proxies = forEachService((name) => startTcpProxy(addressOf(name, urls)));
  const all = Object.values(proxies);
  return {
    ...proxies,
    /** The addresses of the proxies. */
    urls: toServiceUrls((name) => {
      const url = new URL(urls[VARIABLES[name]]);
      url.port = String(proxies[name].port);
      return url.href;
    }),
    /** For services that were restarted on other ports. */
    setUpstream: (newUrls: ServiceUrls) =>
      void forEachService((name) => proxies[name].setUpstream(addressOf(name, newUrls))),
    heal: () => {
      for (const proxy of all) proxy.heal();
    },
    stop: () => {
      for (const proxy of all) proxy.stop();
    },
  };
}

function addressOf(name: ServiceName, urls: ServiceUrls) {
  const { hostname, port } = new URL(urls[VARIABLES[name]]);
  return { hostname, port: Number(port) };
}

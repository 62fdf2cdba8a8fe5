import { startTcpProxy, type TcpProxy } from "#lib/testing/tcp-proxy.ts";
import {
  SERVICE_NAMES,
  type ServiceName,
  type ServiceUrls,
  VARIABLES,
} from "../services/service.ts";

/** One process's connections to the backing services, each through a proxy that can inject faults. */
export interface Links {
  readonly postgres: TcpProxy;
  readonly redis: TcpProxy;
  readonly rabbitmq: TcpProxy;
  /** The addresses of the proxies. */
  readonly urls: ServiceUrls;
  /** For services that were restarted on other ports. */
  setUpstream(urls: ServiceUrls): void;
  heal(): void;
  stop(): void;
}

export function createLinks(urls: ServiceUrls): Links {
  const proxies = {
    postgres: startTcpProxy(addressOf("postgres", urls)),
    redis: startTcpProxy(addressOf("redis", urls)),
    rabbitmq: startTcpProxy(addressOf("rabbitmq", urls)),
  };
  const via = (name: ServiceName): string => {
    const url = new URL(urls[VARIABLES[name]]);
    url.port = String(proxies[name].port);
    return url.href;
  };
  const each = (act: (proxy: TcpProxy, name: ServiceName) => void): void => {
    for (const name of SERVICE_NAMES) act(proxies[name], name);
  };
  return {
    ...proxies,
    urls: { DATABASE_URL: via("postgres"), REDIS_URL: via("redis"), AMQP_URL: via("rabbitmq") },
    setUpstream: (newUrls) => each((proxy, name) => proxy.setUpstream(addressOf(name, newUrls))),
    heal: () => each((proxy) => proxy.heal()),
    stop: () => each((proxy) => proxy.stop()),
  };
}

function addressOf(name: ServiceName, urls: ServiceUrls) {
  const { hostname, port } = new URL(urls[VARIABLES[name]]);
  return { hostname, port: Number(port) };
}

import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { Fault } from "#lib/error/fault.ts";
import { isPublicAddress } from "./public-address.ts";

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** Every address of a host name; rejects when there is none. The real one asks the system. */
export type ResolveHost = (host: string) => Promise<readonly ResolvedAddress[]>;

export const systemResolveHost: ResolveHost = (host) => lookup(host, { all: true });

/** More would only prolong the wait for a host that is down. */
const addressesTriedMax = 4;

/**
 * Connections are kept for the next request to the same host: opening one costs several times the rest.
 * Each is known by the address it leads to and the name its certificate was checked against, so it only
 * ever serves an address that was checked just now.
 */
const session = new Bun.FetchSession({
  // A proxy would be the one to connect, to whatever it likes.
  proxy: false,
  keepAlive: { idleTimeout: 4, maxIdleSockets: 32 },
});

/**
 * Sends one request and answers with its response as soon as the headers are there. Never follows a
 * redirect, never asks for compression, never undoes one. A request may reach several of its host's addresses.
 *
 * The addresses that were checked are the ones that are connected to: one of them stands in the URL that
 * is fetched, the name only in `Host` and in what the certificate must say. So a name cannot resolve
 * to a public address for the check and to a private one for the connection.
 *
 * Throws `refusal` for a private address unless `allowPrivate`; rejects with the transport's error. Bun bounds
 * what it takes for headers: 256 of them, a few hundred kB.
 */
export async function openPinned(
  url: URL,
  { resolve, allowPrivate, refusal, ca, signal, headers, method = "GET", body }: PinnedOptions,
): Promise<Response> {
  const literal = url.hostname.replace(/^\[|\]$/g, "");
  const isLiteral = isIP(literal) !== 0;
  const addresses = isLiteral ? [literal] : await resolveUntil(signal, () => resolve(url.hostname));
  // One bad address condemns the name: which one gets connected to is chance.
  const bad = addresses.find((address) => !allowPrivate && !isPublicAddress(address));
  if (bad) throw new Fault(refusal, { cause: new Error(`${url.hostname} is ${bad}`) });
  const init = {
    method,
    ...(body !== undefined && { body }),
    headers: {
      ...headers,
      "accept-encoding": "identity",
      host: url.host,
      "user-agent": "eco2",
    },
    decompress: false,
    redirect: "manual",
    signal,
    tls: { ...(!isLiteral && { serverName: url.hostname }), ...(ca && { ca }) },
  } satisfies Parameters<typeof session.fetch>[1];
  let failure: unknown = new Error(`${url.hostname} has no address`);
  for (const address of addresses.slice(0, addressesTriedMax)) {
    try {
      return await session.fetch(withAddress(url, address), init);
    } catch (error) {
      signal.throwIfAborted();
      failure = error;
    }
  }
  throw failure;
}

interface PinnedOptions {
  readonly resolve: ResolveHost;
  readonly allowPrivate: boolean;
  readonly refusal: "IMAGE_ADDRESS_PRIVATE" | "WEBHOOK_ADDRESS_PRIVATE";
  readonly ca?: string | undefined;
  readonly signal: AbortSignal;
  readonly headers: Readonly<Record<string, string>>;
  readonly method?: "GET" | "POST";
  readonly body?: string;
}

/** IPv4 first: where there is no IPv6, that ends in silence more often than in a refusal. */
async function resolveUntil(
  signal: AbortSignal,
  resolve: () => Promise<readonly ResolvedAddress[]>,
): Promise<string[]> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort);
  try {
    const found = await Promise.race([resolve(), aborted]);
    return found.toSorted((a, b) => a.family - b.family).map(({ address }) => address);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** Built from its parts: setting `hostname` to something unusable would quietly leave the name in place. */
function withAddress({ protocol, port, pathname, search }: URL, address: string): string {
  const host = isIP(address) === 6 ? `[${address}]` : address;
  return `${protocol}//${host}${port && `:${port}`}${pathname}${search}`;
}

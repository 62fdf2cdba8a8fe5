import { lookup } from "node:dns/promises";
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { Fault } from "#lib/error/fault.ts";
import { isPublicAddress } from "./public-address.ts";

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** Every address of a host name; rejects when there is none. The real one asks the system. */
export type ResolveHost = (host: string) => Promise<readonly ResolvedAddress[]>;

export const systemResolveHost: ResolveHost = (host) => lookup(host, { all: true });

/** An image host has no use for more; bounds what a hostile one can make us hold. */
const headerBytesMax = 16 * 1024;

/**
 * Opens one GET and answers with its response as soon as the headers are there. Never follows a
 * redirect, never reuses a connection, never asks for compression.
 *
 * The addresses that were checked are the ones that are connected to: the check sits inside the
 * connection's own lookup, so a name cannot resolve to a public address for the check and to a private
 * one for the connection. `fetch` offers no such place in Bun, hence `node:http`.
 *
 * Throws `IMAGE_ADDRESS_PRIVATE` unless `allowPrivate`; rejects with the transport's error.
 */
export function openPinned(
  url: URL,
  { resolve, allowPrivate, signal }: PinnedOptions,
): Promise<IncomingMessage> {
  const literal = url.hostname.replace(/^\[|\]$/g, "");
  // A literal address is never looked up.
  if (!allowPrivate && isIP(literal) !== 0 && !isPublicAddress(literal)) {
    return Promise.reject(new Fault("IMAGE_ADDRESS_PRIVATE", { cause: literal }));
  }
  const client = url.protocol === "https:" ? https : http;
  return new Promise((succeed, fail) => {
    const request = client.get(url, {
      agent: false,
      headers: {
        accept: "image/jpeg, image/png, image/webp",
        "accept-encoding": "identity",
        "user-agent": "eco2",
      },
      lookup: checkedLookup(resolve, allowPrivate),
      maxHeaderSize: headerBytesMax,
      signal,
    });
    request.once("response", succeed);
    // Stays after the response: a connection that breaks later reports here too, and an error nobody
    // listens to ends the process.
    request.on("error", fail);
    // Also when neither came, as after `101 Switching Protocols`.
    request.once("close", () => fail(new Error("closed before a response")));
  });
}

interface PinnedOptions {
  readonly resolve: ResolveHost;
  readonly allowPrivate: boolean;
  readonly signal: AbortSignal;
}

function checkedLookup(resolve: ResolveHost, allowPrivate: boolean): LookupFunction {
  return (host, options, done) => {
    const answer = async () => {
      const addresses = await resolve(host);
      const bad = addresses.find(({ address }) => !allowPrivate && !isPublicAddress(address));
      // One bad address condemns the name: which one gets connected to is chance.
      if (bad) throw new Fault("IMAGE_ADDRESS_PRIVATE", { cause: `${host} is ${bad.address}` });
      const [first] = addresses;
      if (!first) throw new Error(`${host} has no address`);
      return { first, addresses };
    };
    answer().then(
      ({ first, addresses }) => {
        if (options.all) done(null, [...addresses]);
        else done(null, first.address, first.family);
      },
      (error: Error) => done(error, []),
    );
  };
}

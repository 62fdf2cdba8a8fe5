import { dlopen } from "bun:ffi";
import { readFileSync } from "node:fs";
import type { Server } from "bun";
import ipaddr from "ipaddr.js";

/** Of the event loop's time, for searches: one takes 0.2 ms among 100 connections, 5 to 10 among 10,000. */
const searchShareMax = 0.04;
/** What an idle time of at most so long has left of the share may be used at once. */
const burstMs = 1_000;
const bytes = Buffer.from("HTTP/1.1 100 Continue\r\n\r\n");
/** `struct sockaddr_in6`, which `sockaddr_in` fits in. */
const socketAddress = Buffer.alloc(28);
const addressLength = new Uint32Array(1);
const [AF_INET, AF_INET6, MSG_DONTWAIT, MSG_NOSIGNAL] = [2, 10, 0x40, 0x4000];

/**
 * Sends `100 Continue` where Bun does not: `Expect` may be written in any case (RFC 9110, 10.1.1), Bun 1.4 answers
 * lower case alone, and gives apps no way to send an interim response. Apache's HttpClient 4 and the AWS SDK 1 for Java
 * write `100-Continue` and wait for seconds. Once an upgrade of Bun answers them, the test sees two: remove this file.
 *
 * The bytes are written to the connection's own descriptor, which its two ends identify. Call this before the request
 * is dispatched: no byte of its response can have been written then, and Bun dispatches no request before the response
 * to the one before is written. Search and write are one turn of the event loop, so the descriptor cannot be closed,
 * and reused for another connection, in between. Where this fails (not on Linux, no libc, time used up) nothing is
 * sent, and the client sends its body after its own wait.
 */
export function continueSender(server: Server<undefined>, clock: { now(): number } = performance) {
  let nextSearchAt = Number.NEGATIVE_INFINITY;
  return (request: Request): void => {
    const expectation = request.headers.get("expect");
    if (expectation === null || expectation === "100-continue") return;
    // Without `Host` it is HTTP/1.0, which knows no interim responses; with one Bun does not tell it from 1.1.
    if (expectation.toLowerCase() !== "100-continue" || !request.headers.has("host")) return;
    const startedAt = clock.now();
    if (startedAt < nextSearchAt) return;
    try {
      send(server.requestIP(request), server.port);
    } catch {
      // Nothing is sent.
    }
    const costMs = (clock.now() - startedAt) / searchShareMax;
    nextSearchAt = Math.max(nextSearchAt, startedAt - burstMs) + costMs;
  };
}

function send(peer: Bun.SocketAddress | null, ownPort: number | undefined): void {
  if (peer === null) return;
  // Every descriptor is below this number. To list `/proc/self/fd` instead takes twice the time.
  const [, end] = /^FDSize:\s*(\d+)/m.exec(readFileSync("/proc/self/status", "latin1")) ?? [];
  libc ??= openLibc();
  const { getpeername, getsockname } = libc;
  const host = Buffer.from(ipaddr.parse(peer.address).toByteArray());
  const [family, hostAt] = host.length === 4 ? [AF_INET, 4] : [AF_INET6, 8];
  const portBy = (ask: typeof getpeername, descriptor: number) => {
    addressLength[0] = socketAddress.length;
    if (ask(descriptor, socketAddress, addressLength) !== 0 || socketAddress[0] !== family) return;
    return socketAddress.readUInt16BE(2);
  };
  const found: number[] = [];
  for (let descriptor = 0; descriptor < Number(end); descriptor++) {
    if (portBy(getpeername, descriptor) !== peer.port) continue;
    if (host.compare(socketAddress, hostAt, hostAt + host.length) !== 0) continue;
    if (portBy(getsockname, descriptor) === ownPort) found.push(descriptor);
  }
  // Bun does not tell by which of its addresses a peer came: of two connections nobody knows which one asks.
  const [descriptor, another] = found;
  if (descriptor === undefined || another !== undefined) return;
  libc.send(descriptor, bytes, bytes.length, MSG_DONTWAIT | MSG_NOSIGNAL);
}

let libc: ReturnType<typeof openLibc> | undefined;
/** musl takes this name for its own. */
function openLibc() {
  const name = { args: ["i32", "ptr", "ptr"], returns: "i32" } as const;
  const send = { args: ["i32", "ptr", "u64", "i32"], returns: "i64" } as const;
  return dlopen("libc.so.6", { getpeername: name, getsockname: name, send }).symbols;
}

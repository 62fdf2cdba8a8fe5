import { afterAll, describe, expect, test } from "bun:test";
import { clientAddress } from "./client-address.ts";
import type { ServerBindings } from "./create-app.ts";
import { serve } from "./serve.ts";

/** The bindings of a connection from `peer`. */
const from = (peer: string) => ({ server: { requestIP: () => ({ address: peer }) } });
const forwardedBy = (value?: string) =>
  new Request("http://h/", value === undefined ? {} : { headers: { "x-forwarded-for": value } });

describe("the address a limit counts", () => {
  const closers: (() => unknown)[] = [];
  afterAll(() => Promise.all(closers.map((close) => close())));

  test("is the connection's own, as the server has it", async () => {
    const scope = {
      stopping: false,
      onStop: (_: string, close: () => unknown) => closers.push(close),
    };
    const echo = (request: Request, env: ServerBindings) =>
      new Response(clientAddress(env, request, 0));
    const server = serve(scope, echo, { port: 0, hostname: "127.0.0.1" });
    const headers = { "x-forwarded-for": "203.0.113.9" };
    expect(await (await fetch(server.url, { headers })).text()).toBe("127.0.0.1");
  });

  test("ignores the header unless there are proxies", () => {
    expect(clientAddress(from("192.0.2.1"), forwardedBy("203.0.113.9"), 0)).toBe("192.0.2.1");
  });

  test.each([
    ["203.0.113.9", 1, "203.0.113.9"],
    // The client's own entries come first, and are not read.
    ["6.6.6.6, 203.0.113.9", 1, "203.0.113.9"],
    ["6.6.6.6,203.0.113.9,198.51.100.1", 2, "203.0.113.9"],
    ["6.6.6.6, 7.7.7.7, 203.0.113.9, 198.51.100.1, 198.51.100.2", 3, "203.0.113.9"],
    ["203.0.113.9:4711", 1, "203.0.113.9"],
    ["[2001:db8:1:2:3::4]:4711", 1, "2001:db8:1:2::/64"],
    ["2001:db8:1:2:3::4", 1, "2001:db8:1:2::/64"],
  ])("behind proxies %j with %i of them is %s", (header, hops, expected) => {
    expect(clientAddress(from("10.0.0.1"), forwardedBy(header), hops)).toBe(expected);
  });

  test.each([
    ["6.6.6.6", 2],
    ["", 1],
    [undefined, 1],
    ["6.6.6.6, unknown", 1],
    ["6.6.6.6, 127.1", 1],
    ["6.6.6.6, 0x7f000001", 1],
    ["6.6.6.6, 999.1.1.1", 1],
    ["6.6.6.6, ", 1],
    ["6.6.6.6, a:b", 1],
    ["6.6.6.6, 1.2.3.4:scan:submits", 1],
  ])("is the connection's when %j has no address at place %i", (header, hops) => {
    expect(clientAddress(from("10.0.0.1"), forwardedBy(header), hops)).toBe("10.0.0.1");
  });

  test("is one for a whole /64, and another for its neighbour", () => {
    const counted = (peer: string) => clientAddress(from(peer), forwardedBy(), 0);
    const all = ["2001:db8:0:7::1", "2001:db8:0:7:ffff:ffff:ffff:ffff", "2001:DB8::7:0:0:0:1"];
    expect(new Set(all.map(counted))).toEqual(new Set(["2001:db8:0:7::/64"]));
    expect(counted("2001:db8:0:8::1")).toBe("2001:db8:0:8::/64");
  });

  test("is the IPv4 address also where it came over IPv6", () => {
    expect(clientAddress(from("::ffff:192.0.2.1"), forwardedBy(), 0)).toBe("192.0.2.1");
  });

  test.each([[undefined], [{}], [{ server: { requestIP: () => null } }]])(
    "that is unknown shares one count: %j",
    (env) => expect(clientAddress(env, forwardedBy(), 0)).toBe("unknown"),
  );
});

import { expect, test } from "bun:test";
import { choosePort, isListening, portIsFree, portMax, portMin } from "./port.ts";

test("a chosen port is free, new, and below the ports of outgoing connections", () => {
  const taken: number[] = [];
  for (let i = 0; i < 50; i++) {
    const port = choosePort(taken);
    expect(taken).not.toContain(port);
    expect(port).toBeGreaterThanOrEqual(portMin);
    expect(port).toBeLessThan(portMax);
    expect(portIsFree(port)).toBe(true);
    taken.push(port);
  }
});

test.each(["127.0.0.1", "0.0.0.0"])(
  "a port someone listens on at %s is not free",
  async (hostname) => {
    const port = choosePort([]);
    const listener = Bun.listen({ hostname, port, socket: { data() {} } });
    expect(portIsFree(port)).toBe(false);
    expect(await isListening(port)).toBe(true);
    listener.stop(true);
    expect(portIsFree(port)).toBe(true);
    expect(await isListening(port)).toBe(false);
  },
);

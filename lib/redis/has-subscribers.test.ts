import { expect, test } from "bun:test";
import { tracingChannel } from "node:diagnostics_channel";
import "./has-subscribers.ts";

test("a tracing channel says whether somebody listens to it", () => {
  const channel = tracingChannel("eco2:test");
  const listener = () => undefined;
  expect(channel.hasSubscribers).toBe(false);
  channel.asyncEnd.subscribe(listener);
  expect(channel.hasSubscribers).toBe(true);
  channel.asyncEnd.unsubscribe(listener);
  expect(channel.hasSubscribers).toBe(false);
});

test("Bun does not say so itself: else the file is to be deleted", () => {
  const ask =
    'console.log("hasSubscribers" in require("node:diagnostics_channel").tracingChannel("x"))';
  const { stdout } = Bun.spawnSync([process.execPath, "-e", ask]);
  expect(stdout.toString().trim()).toBe("false");
});

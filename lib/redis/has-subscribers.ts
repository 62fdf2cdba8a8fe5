import { tracingChannel } from "node:diagnostics_channel";

/**
 * Gives tracing channels the getter that Node has had since 20.13 and Bun lacks (oven-sh/bun#27805). ioredis takes a
 * channel without it for one that somebody listens to: for each command it makes text of every argument, a result of
 * some kilobytes as well, and wraps its promise. The test fails when Bun has it: then this file is to be deleted.
 */
Object.defineProperty(Object.getPrototypeOf(tracingChannel("eco2")), "hasSubscribers", {
  configurable: true,
  get(this: ReturnType<typeof tracingChannel>): boolean {
    const { start, end, asyncStart, asyncEnd, error } = this;
    return [start, end, asyncStart, asyncEnd, error].some((one) => one.hasSubscribers);
  },
});

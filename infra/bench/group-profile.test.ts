import { expect, test } from "bun:test";
import { groupProfile } from "./group-profile.ts";

const frame = (url: string, functionName = "f") => ({ url, functionName });

test("a sample counts for the innermost frame with an owner, and by what the runtime did for it", () => {
  const nodes = [
    { id: 1, callFrame: frame("", "(root)"), children: [2, 7] },
    { id: 2, callFrame: frame("/x/services/worker/tasks/scan.rule.ts"), children: [3] },
    { id: 3, callFrame: frame("/x/lib/queue/publisher.ts"), children: [4, 6] },
    { id: 4, callFrame: frame("/x/node_modules/amqplib/lib/mux.js"), children: [5] },
    { id: 5, callFrame: frame("", "writeBuffered"), children: [] },
    { id: 6, callFrame: frame("", "stringify"), children: [] },
    { id: 7, callFrame: frame("node:events", "toString"), children: [] },
  ];
  const samples = [5, 5, 5, 5, 6, 6, 2, 7, 1, 4];
  expect(groupProfile({ nodes, samples })).toEqual([
    { name: "RabbitMQ client (amqplib): socket writes", share: 0.4 },
    { name: "consumer and publisher (lib/queue): JSON", share: 0.2 },
    { name: "runtime: event loop, promises, timers", share: 0.2 },
    { name: "stages (services/worker)", share: 0.1 },
    { name: "RabbitMQ client (amqplib)", share: 0.1 },
  ]);
});

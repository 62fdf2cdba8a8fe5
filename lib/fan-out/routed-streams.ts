import { chatKeys } from "#lib/chat-store/chat-keys.ts";
import { scanKeys, shardCount } from "#lib/scan-store/scan-keys.ts";

/** Event streams that are routed, and the Pub/Sub channel of each. Names are contracts. */
export const ROUTED: readonly { readonly stream: string; readonly channel: string }[] = [
  ...Array.from({ length: shardCount }, (_, shard) => ({
    stream: scanKeys.events(shard),
    channel: `sse:events:${shard}`,
  })),
  { stream: chatKeys.events, channel: "sse:events:chat" },
];

/** Consumer group of the routers on each of the streams: scalers read its lag. */
export const routerGroup = "event-router";

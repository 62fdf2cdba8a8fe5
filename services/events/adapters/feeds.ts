import { chatKeys } from "#lib/chat-store/chat-keys.ts";
import type { Logger } from "#lib/log/logger.ts";
import { eventFromFields, toFields } from "#lib/scan-store/read-scan.ts";
import { scanKeys, shardCount, shardOf } from "#lib/scan-store/scan-keys.ts";
import { chatFrame, lastSeqIn } from "../chat-replay.ts";
import type { Hub } from "../hub.ts";
import type { Feed } from "../live-source.ts";
import { type Replay, toFrame } from "../stream.ts";

type ReadReplay = (jobId: string) => Promise<Replay>;

/** The events of scans: an entry is one. */
export function scanFeed(hub: Hub, readReplay: ReadReplay, log: Logger): Feed {
  const streamOf = (jobId: string): string => scanKeys.events(shardOf(jobId));
  return {
    hub,
    streams: Array.from({ length: shardCount }, (_, shard) => scanKeys.events(shard)),
    streamOf,
    deliver: (fields) => {
      const jobId = fields[fields.indexOf("job_id") + 1];
      // Most entries belong to clients of other processes: they are not even parsed.
      if (jobId === undefined || !hub.isWatched(jobId)) return;
      try {
        hub.push(jobId, toFrame(eventFromFields(toFields(fields))));
      } catch (error) {
        log.error("unreadable event", { task_id: jobId, error });
      }
    },
    resync: (stream) =>
      hub.resync(readReplay, (jobId) => stream === undefined || streamOf(jobId) === stream),
  };
}

/** The events of chats: an entry is of many jobs, each with what goes over the wire. */
export function chatFeed(hub: Hub, readReplay: ReadReplay): Feed {
  return {
    hub,
    streams: [chatKeys.events],
    streamOf: () => chatKeys.events,
    deliver: (fields) => {
      for (let i = 0; i + 1 < fields.length; i += 2) {
        const [jobId = "", text = ""] = [fields[i], fields[i + 1]];
        if (hub.isWatched(jobId)) hub.push(jobId, chatFrame(lastSeqIn(text), text));
      }
    },
    resync: () => hub.resync(readReplay),
  };
}

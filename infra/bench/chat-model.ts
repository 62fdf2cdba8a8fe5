import { startOpenAiServer } from "#lib/testing/openai-server.ts";
import type { StreamingPace } from "#lib/testing/streaming-model.ts";
import { answerParent } from "../harness/child.ts";

/** The streaming model server as a process of its own: starts when it is told its pace, and says its URL. */
if (import.meta.main) {
  answerParent(async (streams: StreamingPace) => startOpenAiServer({ streams, callsMax: 0 }).url);
}

import { startOpenAiServer } from "#lib/testing/openai-server.ts";
import { petAnswer } from "#lib/testing/pet-bottle.ts";
import { answerParent } from "../harness/child.ts";

/** What each of a scan's two calls takes. */
export interface ModelDelays {
  readonly vision: number;
  readonly answer: number;
}

/** The fake model server as a process of its own: starts when it is told its delays, and says its URL. */
if (import.meta.main) {
  answerParent(async (delaysMs: ModelDelays) => {
    return startOpenAiServer({ answer: petAnswer, delaysMs, callsMax: 0 }).url;
  });
}

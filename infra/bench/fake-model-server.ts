import * as v from "valibot";
import { startOpenAiServer } from "#lib/testing/openai-server.ts";
import { petAnswer } from "#lib/testing/pet-bottle.ts";

/** The fake model server as a process of its own. Sends its `url`, and ends when its parent does. */
const Delays = v.object({ vision: v.number(), answer: v.number() });

const delaysMs = v.parse(Delays, JSON.parse(process.argv[2] ?? ""));
const server = startOpenAiServer({ answer: petAnswer, delaysMs, callsMax: 0 });
process.on("disconnect", () => process.exit(0));
process.send?.({ url: server.url });

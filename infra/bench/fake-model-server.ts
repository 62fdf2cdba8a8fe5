import * as v from "valibot";
import { startOpenAiServer } from "#lib/testing/openai-server.ts";

/** The fake model server as a process of its own. Sends its `url`, and ends when its parent does. */
const Delays = v.object({ vision: v.number(), answer: v.number() });

/** Nothing is left to do, so the scan earns its character and takes every step. */
const answer = {
  content: {
    disposal_steps: { 단계1: "찌그러뜨려 뚜껑을 닫아요.", 단계2: "투명 페트병 수거함에 넣어요." },
    insufficiencies: [],
    user_answer: "투명 생수병이에요. 찌그러뜨려 투명 페트병 수거함에 넣어 주세요.",
  },
};

const delaysMs = v.parse(Delays, JSON.parse(process.argv[2] ?? ""));
const server = startOpenAiServer({ answer, delaysMs, callsMax: 0 });
process.on("disconnect", () => process.exit(0));
process.send?.({ url: server.url });

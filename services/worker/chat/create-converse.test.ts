import { describe, expect, test } from "bun:test";
import type { ChatTurn } from "#lib/chat/turn.ts";
import { Fault } from "#lib/error/fault.ts";
import { petVision } from "../scan-fixture.ts";
import { createFakes, petty, seoul, startRun, turn } from "./chat-fixture.ts";
import { createConverse } from "./create-converse.ts";

const say = (message: string, rest: Partial<ChatTurn> = {}): ChatTurn => ({
  ...turn,
  message,
  ...rest,
});
const history = (...asked: string[]): ChatTurn["history"] => ({
  summary: null,
  messages: asked.flatMap((content) => [
    { role: "user" as const, content },
    { role: "assistant" as const, content: "네, 그래요." },
  ]),
});

async function compose(
  asked: ChatTurn,
  run = startRun(),
  given: Parameters<typeof createFakes>[0] = {},
) {
  const fakes = createFakes(given);
  const outcome = await createConverse(fakes.ports)(asked, run);
  return { ...outcome, text: run.text, run, fakes };
}

describe("without a model", () => {
  test("an answer names its sources, and says that it is an estimate", async () => {
    const { text, sources, intents, usage, title } = await compose(turn);
    expect(text).toStartWith("[로컬 추정] ");
    expect(text).toContain("라벨을 떼어 비닐류로 내놓아 주세요");
    expect(text).toContain(
      "출처: 비닐류 분리배출 기준, 무색페트병 분리배출 기준 (기후에너지환경부훈령 제18호",
    );
    expect(sources).toContainEqual({
      type: "regulation",
      id: "clear-pet-bottle",
      title: expect.stringContaining("무색페트병 분리배출 기준"),
      url: expect.stringMatching(/^https:\/\/www\.law\.go\.kr\//),
    });
    expect({ intents, usage, title }).toEqual({
      intents: ["waste"],
      usage: null,
      title: turn.message,
    });
  });

  test("it streams in sentences, and begins with what is dangerous", async () => {
    const { run } = await compose(say("부푼 보조배터리 어떻게 버려요?"));
    expect(run.writes.length).toBeGreaterThan(5);
    expect(run.text).toStartWith("[로컬 추정] 부풀거나 새거나 뜨거운 배터리는 불이 날 수 있으니");
  });

  test.each([0, 1, 30, 120])("a redelivery goes on behind %d characters", async (length) => {
    const first = (await compose(turn)).text;
    const run = startRun({ written: first.slice(0, length) });
    await compose(turn, run);
    expect(run.text).toBe(first);
    expect(run.writes.join("")).toBe(first.slice(length));
  });

  test("a text that another release has begun is replaced", async () => {
    const first = (await compose(turn)).text;
    expect((await compose(turn, startRun({ written: "무언가 다른 글" }))).text).toBe(first);
  });

  test.each([
    ["돌하르방 버리는 법", "'돌하르방'은 제가 가진 자료에 없는 물건이에요."],
    ["선풍기 날개 버려요", "'선풍기 날개'는 제가 가진 자료에 없는 물건이에요."],
    ["몰라요 그냥 버려 주세요", "그건 제가 가진 자료에서 찾지 못했어요."],
    ["오늘 주식 어때?", "저는 물건을 버리는 방법"],
    ["안녕하세요", "저는 물건을 버리는 방법"],
    ["1+1은?", "저는 물건을 버리는 방법"],
  ])("what no source covers it says so: %s", async (message, part) => {
    const { text, sources } = await compose(say(message));
    expect(text).toContain(part);
    expect(sources).toEqual([]);
  });

  test("a stop ends it between two sentences", async () => {
    const controller = new AbortController();
    const run = startRun({
      signal: controller.signal,
      onWrite: () => controller.abort(new Fault("CANCELLED")),
    });
    expect(await compose(turn, run).catch((error) => error)).toMatchObject({ code: "CANCELLED" });
    expect(run.writes).toHaveLength(1);
  });
});

describe("what a message refers to", () => {
  test.each([
    ["그럼 뚜껑은?", ["투명 페트병 라벨 떼야 하나요?"], "페트병 뚜껑"],
    ["그건 어디에 버려요?", ["투명 페트병 라벨 떼야 하나요?", "그럼 뚜껑은?"], "페트병 뚜껑"],
    ["헹궈야 해요?", ["우유팩 어떻게 버려요?"], "우유팩"],
    ["그럼 건전지는?", ["우유팩 어떻게 버려요?"], "건전지"],
  ])("%s, after %j, is about %s", async (message, asked, name) => {
    const { text } = await compose(say(message, { history: history(...asked) }));
    expect(text).toContain(`'${name}'`);
  });

  test("a danger named before is warned of again", async () => {
    const asked = say("그건 어디에 버려요?", { history: history("부푼 보조배터리 있어요") });
    expect((await compose(asked)).text).toContain("불이 날 수 있으니");
  });

  test("a new thing is a new topic", async () => {
    const { text } = await compose(
      say("유리병은 어떻게 버려요?", { history: history("우유팩이요") }),
    );
    expect(text).not.toContain("우유팩");
  });
});

describe("a photo", () => {
  const photo = say("이거 어떻게 버려요?", { imageUrl: "https://cdn.example.com/a.jpg" });

  test("is seen as a scan sees it, once", async () => {
    let paid = 0;
    const classify = async () => {
      paid++;
      return petVision;
    };
    const checkpoints = new Map<string, unknown>();
    const first = await compose(photo, startRun({ checkpoints }), { ports: { classify } });
    const again = await compose(photo, startRun({ checkpoints }), { ports: { classify } });
    expect(first.text).toContain("사진에는 '생수병' 같은 것이 보여요.");
    expect(first.sources).toContainEqual(expect.objectContaining({ id: "clear-pet-bottle" }));
    expect(first.title).toBe("생수병 버리기");
    expect([again.text, paid]).toEqual([first.text, 1]);
  });

  test.each(["IMAGE_CORRUPT", "IMAGE_NOT_FOUND", "MODEL_REFUSED"] as const)(
    "that ends in %s leaves the words",
    async (code) => {
      const classify = async () => Promise.reject(new Fault(code));
      const { text } = await compose({ ...photo, message: "우유팩이에요" }, startRun(), {
        ports: { classify },
      });
      expect(text).toContain("사진을 볼 수 없었어요.");
      expect(text).toContain("'우유팩'");
    },
  );

  test("that waits for a model defers the answer", async () => {
    const classify = async () =>
      Promise.reject(new Fault("MODEL_RATE_LIMITED", { retryAfterMs: 10 }));
    const failing = compose(photo, startRun(), { ports: { classify } });
    expect(await failing.catch((error) => error)).toMatchObject({ code: "MODEL_RATE_LIMITED" });
  });
});

describe("tools", () => {
  const shop = {
    id: "7",
    name: "리필상점",
    address: "서울",
    distance: "350m",
    isOpen: true,
    url: "https://refill.example/7",
  };

  test("places are looked for where the user says they are", async () => {
    const asked: unknown[] = [];
    const findPlaces = async (...given: unknown[]) => {
      asked.push(given.slice(0, 2));
      return [shop];
    };
    const run = startRun({ location: seoul });
    const { text, sources } = await compose(say("근처 제로웨이스트 가게 알려줘"), run, {
      ports: { findPlaces },
    });
    expect(run.asked).toEqual(["location"]);
    expect(asked).toEqual([[seoul, { stores: ["refill_zero"], pickups: [] }]]);
    expect(text).toContain("리필상점: 350m, 서울, 지금 열려 있어요");
    expect(sources).toEqual([
      { type: "place", id: "7", title: "리필상점", url: "https://refill.example/7" },
    ]);
  });

  test("what a collection point takes is warned of", async () => {
    const { text } = await compose(say("폐건전지 수거함 어디 있어요?", { location: seoul }));
    expect(text).toStartWith("[로컬 추정] 배터리는 눌리거나 합선되면 불이 날 수 있으니");
  });

  test("a place is not asked for twice", async () => {
    const run = startRun();
    const asked = say("폐건전지 수거함 어디 있어요?", { location: seoul });
    const findPlaces = async () => [shop];
    const { intents } = await compose(asked, run, { ports: { findPlaces } });
    expect(run.asked).toEqual([]);
    expect(intents).toEqual(["collection_point", "waste"]);
  });

  test.each([null, {}, { latitude: 91, longitude: 0 }, { latitude: "37", longitude: 127 }, "서울"])(
    "without a usable place (%j) the answer goes on",
    async (location) => {
      const { text } = await compose(say("근처 리필 가게 있어요?"), startRun({ location }));
      expect(text).toContain("위치를 알려 주시면");
    },
  );

  test("one that fails is tried again, left out, and named", async () => {
    let tries = 0;
    const findPlaces = async () => {
      tries++;
      throw new Error("away");
    };
    const asked = say("폐건전지 수거함 어디 있어요?", { location: seoul });
    const { text, fakes } = await compose(asked, startRun(), { ports: { findPlaces } });
    expect([tries, fakes.toolFailures]).toEqual([2, ["places", "places"]]);
    expect(text).toContain("지금은 가까운 곳을 찾아보지 못했어요.");
    expect(text).toContain("'건전지'");
  });

  test("a user's own characters and scans", async () => {
    const at = new Date("2026-11-20T12:00:00Z");
    const ports = {
      collectionOf: async () => [{ code: petty.code, name: petty.name, acquiredAt: at }],
      scansOf: async () => [{ jobId: "j", at, name: "생수병", category: "무색페트병" }],
    };
    const { text, sources } = await compose(say("내 캐릭터랑 스캔 기록 보여줘"), startRun(), {
      ports,
    });
    expect(text).toContain("2026. 11. 20.에 만났어요.");
    expect(text).toContain("생수병: 무색페트병으로 분석했어요.");
    expect(sources.map(({ type, id }) => [type, id])).toEqual([
      ["character", "char-petty"],
      ["scan", "j"],
    ]);
  });
});

describe("with a model", () => {
  const replies = [["라벨은 ", "떼어서 ", "비닐류로 ", "내놓아 ", "주세요."]];

  test("its words stream, and the rules they rest on are named", async () => {
    const { text, usage, fakes } = await compose(turn, startRun(), { replies });
    expect(text).toStartWith("라벨은 떼어서 비닐류로 내놓아 주세요.\n\n출처: ");
    expect(usage).toEqual({ model: "gpt-5.2", input_tokens: 100, output_tokens: 20 });
    // What rules can tell, no model is paid for.
    expect(fakes.inputs.map((one) => one.of)).toEqual(["reply"]);
    expect(fakes.inputs[0]?.input).toMatchObject({
      message: turn.message,
      intents: ["waste"],
      missing: [],
    });
  });

  test("warnings come first, from code", async () => {
    const { text, fakes } = await compose(say("깨진 형광등 어떻게 버려요?"), startRun(), {
      replies,
    });
    expect(text).toMatch(/^깨진 조명이나 온도계에서는 수은이.*\n\n라벨은/);
    expect(fakes.inputs[0]?.input.said).toHaveLength(1);
  });

  test("what rules cannot tell the model is asked, and its question is what is looked up", async () => {
    const understanding = {
      intents: [
        { intent: "waste" as const, confidence: 0.7 },
        { intent: "character" as const, confidence: 0.5 },
      ],
      question: "우유팩은 어떻게 버려요?",
    };
    const asked = say("흰 소가 주는 걸 담는 네모난 것은 어쩌죠");
    const { intents, sources } = await compose(asked, startRun(), { replies, understanding });
    expect(intents).toEqual(["waste"]);
    expect(sources).toContainEqual(expect.objectContaining({ type: "item", id: "우유팩" }));
  });

  test("a model that does not understand leaves it to the rules", async () => {
    const { intents } = await compose(say("흠"), startRun(), { replies });
    expect(intents).toEqual(["general"]);
  });

  test("a reply that breaks off is asked for again, and replaced", async () => {
    const cut = (sink: { write(text: string): void }) => {
      sink.write("라벨은 그");
      throw new Fault("MODEL_UNAVAILABLE");
    };
    const { text, run } = await compose(turn, startRun(), { replies: [cut, ...replies] });
    expect(text).toStartWith("라벨은 떼어서");
    expect(text).not.toContain("라벨은 그라벨은");
    expect(run.writes[0]).toBe("라벨은 그");
  });

  test("three in a row fail the try, and the redelivery replaces what they wrote", async () => {
    const cut = (sink: { write(text: string): void }) => {
      sink.write("라벨은 그");
      throw new Fault("MODEL_TIMEOUT");
    };
    const failed = await compose(turn, startRun(), { replies: [cut] }).catch((error) => error);
    expect(failed).toMatchObject({ code: "MODEL_TIMEOUT" });
    const { text, run } = await compose(turn, startRun({ written: "라벨은 그" }), { replies });
    expect(text).toStartWith("라벨은 떼어서");
    expect(run.writes[0]).not.toStartWith("라벨은 그");
  });

  test("thoughts that were taken for the answer are replaced", async () => {
    const thinks = async (sink: { write(text: string): void; restart(): void }) => {
      sink.write("음, 라벨?");
      await Bun.sleep(0);
      sink.restart();
      sink.write("떼어 주세요.");
    };
    const { text } = await compose(turn, startRun(), { replies: [thinks] });
    expect(text).toStartWith("떼어 주세요.");
  });

  test.each([
    "MODEL_REFUSED",
    "MODEL_OUTPUT_INVALID",
    "MODEL_TRUNCATED",
    "MODEL_REJECTED",
  ] as const)("%s is answered with what was found", async (code) => {
    const refuses = (sink: { write(text: string): void }) => {
      sink.write("저는 ");
      throw new Fault(code);
    };
    const { text, usage } = await compose(turn, startRun(), { replies: [refuses] });
    expect(text).toStartWith("[로컬 추정] ");
    expect(text).not.toContain("저는 ");
    expect(usage).toBeNull();
  });

  test("a model that is away defers the answer, and nothing is written", async () => {
    const run = startRun();
    const away = () => Promise.reject(new Fault("MODEL_RATE_LIMITED"));
    const failing = compose(turn, run, { replies: [away] });
    expect(await failing.catch((error) => error)).toMatchObject({ code: "MODEL_RATE_LIMITED" });
    expect(run.text).toBe("");
  });

  test("a write that fails ends the reply", async () => {
    const ended = Promise.withResolvers<void>();
    const endless = async (sink: { write(text: string): void }, signal: AbortSignal) => {
      sink.write("라벨은 ");
      if (!signal.aborted) signal.addEventListener("abort", () => ended.resolve());
      if (!signal.aborted) await ended.promise;
      throw signal.reason;
    };
    const away = new Error("redis is away");
    const run = startRun({
      onWrite: () => {
        throw away;
      },
    });
    const fakes = createFakes({ replies: [endless] });
    expect(await createConverse(fakes.ports)(turn, run).catch((error) => error)).toBe(away);
    expect(fakes.inputs.map(({ of }) => of)).toEqual(["reply"]);
  });

  test("a reply without end is ended, and stands", async () => {
    const { text } = await compose(say("흠"), startRun(), {
      replies: [Array(5_000).fill("가나 다")],
    });
    expect(text.length).toBe(3_000);
  });
});

describe("a long conversation", () => {
  const long = history(
    ...Array.from({ length: 40 }, (_, i) => `우유팩 ${i}번 ${"질문이에요 ".repeat(100)}`),
  );

  test("fits, and is summarised once by the model", async () => {
    const summary = "우유팩을 물어봤어요.";
    const asked = say("그럼 건전지는?", { history: long });
    const { fakes, ...outcome } = await compose(asked, startRun(), { replies: [["네."]], summary });
    expect(outcome.summary).toBe(summary);
    expect(outcome.title).toBeNull();
    for (const { input } of fakes.inputs)
      expect(JSON.stringify(input).length).toBeLessThan(120_000);
    const reply = fakes.inputs.find((one) => one.of === "reply");
    expect(JSON.stringify(reply?.input).length).toBeLessThan(16_000);
  });

  test("is summarised by rules without a model", async () => {
    const { summary } = await compose(say("그럼 건전지는?", { history: long }));
    expect(summary).toContain("우유팩");
    expect(summary?.length).toBeLessThanOrEqual(1_200);
  });

  test("a short one is not summarised", async () => {
    const { summary } = await compose(say("그럼 건전지는?", { history: history("우유팩이요") }));
    expect(summary).toBeNull();
  });
});

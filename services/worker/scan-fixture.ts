import type { MatchReply, OwnershipGrant } from "#lib/contract/character-message.ts";
import type { Delivery } from "#lib/contract/task.ts";
import type { ScanStep } from "#lib/scan/scan-event.ts";
import type { Checkpoints, ScanEvents } from "#lib/scan/scan-events.ts";
import type { ScanMessage } from "#lib/scan/scan-message.ts";
import type { StoredResult } from "#lib/scan/scan-result.ts";
import type { Model } from "./models/model.ts";
import type { CallPermit } from "./models/model-guard.ts";
import type { AnswerDeps } from "./tasks/scan.answer.ts";
import type { RewardDeps } from "./tasks/scan.reward.ts";
import type { RuleDeps } from "./tasks/scan.rule.ts";
import type { VisionDeps } from "./tasks/scan.vision.ts";

/**
 * Fakes of what the stages need, for their tests: everything succeeds, and records its calls in order.
 * A call named in `broken` rejects instead.
 */
export function createScanFixture(given: Given = {}) {
  const { checkpoints = {}, isOver = false, matchReply, standing, broken = {} } = given;
  const calls: string[] = [];
  const steps: ScanStep[] = [];
  const messages: ScanMessage[] = [];
  const grants: OwnershipGrant[] = [];
  const results: StoredResult[] = [];
  const asked: unknown[] = [];

  async function call(name: string): Promise<void> {
    calls.push(name);
    const error = broken[name];
    if (error) throw error;
  }
  async function emit(emitted: readonly ScanStep[], saved: readonly string[] = []): Promise<void> {
    const names = emitted.map(({ stage, status }) => `${stage} ${status}`);
    await call(`emit ${[...names, ...saved.map((name) => `with ${name}`)].join(", ")}`);
    steps.push(...emitted);
  }
  const publish = (queue: string) => async (message: ScanMessage) => {
    await call(`publish ${queue}`);
    messages.push(message);
  };
  const grant = (where: string) => async (one: OwnershipGrant) => {
    await call(`grant ${where}`);
    grants.push(one);
  };
  const model: Model = {
    name: "gpt-5.2",
    version: "prompts-1",
    estimate: false,
    classify: async (input) => {
      await call("model classify");
      asked.push(input);
      const { meta: _, ...seen } = petVision;
      return seen;
    },
    answer: async (input) => {
      await call("model answer");
      asked.push(input);
      return petAnswer;
    },
  };
  const deps: VisionDeps & RuleDeps & AnswerDeps & RewardDeps & { events: ScanEvents } = {
    clock: { now: () => 1_800_000_000_000 },
    events: {
      begin: async (_, stage) => {
        const output = checkpoints[stage];
        if (output) return { output };
        if (isOver) return "over";
        await emit([{ stage, status: "started" }]);
        return "begun";
      },
      isRetracted: async () => false,
      release: (_, stage) => call(`release ${stage}`),
      emit: (_, update, outputs = {}) => emit([update], Object.keys(outputs)),
      emitUnlessCancelled: (_, update) => emit([update]),
      emitEnd: async (_, end, result) => {
        await emit(end, ["result"]);
        results.push(result);
      },
    },
    results: {
      saveResult: (_, result) => call(`save ${result.status}`).then(() => standing ?? result),
      saveReward: (_, reward) =>
        call("save reward").then(() => standing && { ...standing, reward }),
    },
    loadPhoto: async () => {
      await call("load photo");
      return { bytes: new Uint8Array(), mime: "image/jpeg" };
    },
    callModel: async ({ model: name }, signal, callNamed) => {
      const named = { ...model, name };
      return { model: named, output: await callNamed(named, unguarded(signal)) };
    },
    publishRule: publish("rule"),
    publishAnswer: publish("answer"),
    publishReward: publish("reward"),
    match: async () => {
      await call("match");
      return matchReply;
    },
    grantOwnership: grant("ownership"),
    grantUserCharacter: grant("user character"),
  };
  return { deps, calls, steps, messages, grants, results, asked };
}

/** Permits the call as it is. */
export function unguarded(signal: AbortSignal): CallPermit {
  return { signal, run: (_tokens, send) => send(() => undefined) };
}

interface Given {
  readonly checkpoints?: Partial<Checkpoints>;
  /** The scan has ended already, as a late copy of its message finds it. */
  readonly isOver?: boolean;
  readonly matchReply?: unknown;
  /** The result that stands already, as a duplicate message finds it. */
  readonly standing?: StoredResult;
  readonly broken?: Readonly<Record<string, Error>>;
}

export const message: ScanMessage = {
  job_id: "019bd000-0000-7000-8000-000000000001",
  user_id: "u",
  image_url: "https://cdn.example.com/a.jpg",
  user_input: "이거?",
  model: "gpt-5.2",
  submitted_at: 1_700_000_000_000,
};

/** A clean PET bottle with nothing left to do: what earns 페티. */
export const petVision: Checkpoints["vision"] = {
  classification: {
    major_category: "재활용폐기물",
    middle_category: "무색페트병",
    minor_category: "생수병",
  },
  situation_tags: ["내용물_없음"],
  meta: { user_input: "이거?", model: "gpt-5.2", estimate: false },
};
export const petAnswer: Checkpoints["answer"] = {
  disposal_steps: { 단계1: "찌그러뜨려 뚜껑을 닫아요." },
  insufficiencies: [],
  user_answer: "투명 페트병 수거함에 넣어 주세요.",
};
export const petty: MatchReply = {
  character: { code: "char-petty", name: "페티", dialog: "고마워!", match_label: "무색페트병" },
  already_owned: false,
};

/** 미분류: no regulation, no model call, no reward. */
export const unclassified: Checkpoints["vision"] = {
  ...petVision,
  classification: {
    major_category: "미분류",
    middle_category: "미분류",
    minor_category: "돌하르방",
  },
};

export const delivery: Delivery = {
  traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01`,
  attempt: 0,
  epoch: 0,
  signal: new AbortController().signal,
  abort: () => undefined,
  runsAgain: ({ kind }) => kind.onMessage === "wait",
};

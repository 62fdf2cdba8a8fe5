import type { ChatRun, ChatTurn, Start } from "#lib/chat/turn.ts";
import type { Character } from "#lib/contract/character.ts";
import { Fault } from "#lib/error/fault.ts";
import type { ChatInput, ChatModel, ReplySink } from "../models/chat-model.ts";
import type { Model } from "../models/model.ts";
import { unguarded } from "../scan-fixture.ts";
import type { ConversePorts } from "./create-converse.ts";

/** A conversation's surroundings in memory, for the tests of this folder. */

export const turn: ChatTurn = {
  jobId: "019bd000-0000-7000-8000-000000000001",
  chatId: "019bd000-0000-7000-8000-000000000002",
  messageId: "019bd000-0000-7000-8000-000000000003",
  userId: "u",
  message: "투명 페트병 라벨 떼야 하나요?",
  imageUrl: null,
  location: null,
  model: null,
  history: { summary: null, messages: [] },
};

export const seoul = { latitude: 37.5665, longitude: 126.978 };

export const petty: Character = {
  code: "char-petty",
  name: "페티",
  matchLabel: "무색페트병",
  dialog: "고마워!",
  isDefault: false,
};

export interface TestRun extends ChatRun {
  /** What the client has in the end. */
  readonly text: string;
  /** Every write and replacement, in order. */
  readonly writes: readonly string[];
  readonly asked: readonly string[];
}

interface RunOptions {
  readonly written?: string;
  /** Outputs of stages that an earlier delivery has paid for; new ones are added. */
  readonly checkpoints?: Map<string, unknown>;
  readonly location?: unknown;
  readonly signal?: AbortSignal;
  onWrite?(text: string): void;
}

export function startRun(options: RunOptions = {}): TestRun {
  const { written = "", checkpoints = new Map(), location = null, onWrite } = options;
  const { signal = new AbortController().signal } = options;
  const writes: string[] = [];
  const asked: string[] = [];
  let text = written;
  let isAnswering = false;
  const save = (change: string, whole: string) => {
    signal.throwIfAborted();
    if (!isAnswering) throw new Error("text before the answer has begun");
    onWrite?.(change);
    writes.push(change);
    text = whole;
  };
  return {
    signal,
    written,
    writes,
    asked,
    get text() {
      return text;
    },
    async once<T>(stage: string, work: (start: Start) => Promise<T>) {
      if (!checkpoints.has(stage)) {
        checkpoints.set(stage, JSON.stringify(await work(async () => undefined)));
      }
      // As it comes out of a store.
      return JSON.parse(String(checkpoints.get(stage)));
    },
    startAnswer: async () => {
      isAnswering = true;
    },
    write: (more) => save(more, text + more),
    replace: (whole) => save(whole, whole),
    ask: async (type) => {
      asked.push(type);
      return location;
    },
  };
}

export interface Fakes {
  readonly ports: ConversePorts;
  /** What the model was asked, by what for. */
  readonly inputs: { readonly of: keyof ChatModel; readonly input: ChatInput }[];
  readonly toolFailures: string[];
}

/** What the model writes: pieces, or what it does itself. */
export type Reply =
  | readonly string[]
  | ((sink: ReplySink, signal: AbortSignal) => Promise<void> | void);

interface Given {
  /** One a call, the last one for all that follow; absent: there is no model. */
  readonly replies?: readonly Reply[];
  readonly understanding?: Awaited<ReturnType<ChatModel["understand"]>> | Fault;
  readonly summary?: string | Fault;
  readonly ports?: Partial<ConversePorts>;
}

export function createFakes({ replies, understanding, summary, ports = {} }: Given = {}): Fakes {
  const inputs: Fakes["inputs"] = [];
  const toolFailures: string[] = [];
  let calls = 0;
  const chat: ChatModel = {
    async understand(input) {
      inputs.push({ of: "understand", input });
      return orThrow(understanding ?? new Fault("MODEL_UNAVAILABLE"));
    },
    async summarise(input) {
      inputs.push({ of: "summarise", input });
      return orThrow(summary ?? new Fault("MODEL_UNAVAILABLE"));
    },
    async reply(input, { signal }, sink) {
      inputs.push({ of: "reply", input });
      const reply = replies?.[Math.min(calls++, replies.length - 1)] ?? [];
      if (typeof reply === "function") await reply(sink, signal);
      else {
        for (const piece of reply) {
          // As the adapter does, which reads what is there.
          if (signal.aborted) throw signal.reason;
          sink.write(piece);
        }
      }
      if (signal.aborted) throw signal.reason;
      return { promptTokens: 100, completionTokens: 20 };
    },
  };
  const unused = () => Promise.reject(new Error("no part of a conversation"));
  const model: Model = {
    name: "gpt-5.2",
    version: "test",
    estimate: false,
    classify: unused,
    answer: unused,
    chat,
  };
  return {
    inputs,
    toolFailures,
    ports: {
      hasChat: () => replies !== undefined,
      callModel: async (_, signal, call) => ({
        model,
        output: await call(model, unguarded(signal)),
      }),
      classify: async () => Promise.reject(new Fault("IMAGE_CORRUPT")),
      characters: () => [petty],
      scansOf: async () => [],
      collectionOf: async () => [],
      findPlaces: async () => [],
      onToolFailure: (tool) => void toolFailures.push(tool),
      ...ports,
    },
  };
}

function orThrow<T>(value: T | Fault): T {
  if (value instanceof Fault) throw value;
  return value;
}

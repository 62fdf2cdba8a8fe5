/**
 * Epochs, sequence numbers and text positions of an answer: the only arithmetic on them.
 *
 *   seq = epoch × 10^11 + stage × 10 + status               0 to 40: what comes before the text
 *                       + (segment + 1) × 10^5 + bytes      a position: so many bytes of UTF-8 of this segment
 *                       + 10^11 − 100 + stage × 10 + status what comes after it: answer completed, done
 *
 * A token's seq is the position after it. So one number says what a client has seen to the byte, and a log of tokens
 * is not needed: what is behind a position is the rest of the text. A segment is a text that only grows. What voids
 * it, a `replace` or a Redis that has forgotten it, begins the next one, whose number rises with time. An epoch is one
 * try of the whole job, as a scan's.
 */
export const CHAT_STAGES = ["queued", "intent", "vision", "tools", "answer", "done"] as const;
export type ChatEventStage = (typeof CHAT_STAGES)[number];

export const CHAT_STATUSES = ["started", "completed", "failed"] as const;
export type ChatEventStatus = (typeof CHAT_STATUSES)[number];

/** What a client may be asked for. */
export const QUESTION_TYPES = ["location", "confirmation"] as const;
export type QuestionType = (typeof QUESTION_TYPES)[number];

export const chatEpochSize = 1e11;
const segmentSize = 1e5;
const segmentsMax = 999_997;
const behindText = chatEpochSize - 100;
/** Between a stage's `started` and its `completed` there is room for its questions. */
const STATUS_OFFSET: Record<ChatEventStatus, number> = { started: 0, completed: 8, failed: 9 };
/** The first seq that ends epoch 0. */
export const chatEndSeq = behindText + CHAT_STAGES.indexOf("done") * 10;

export function chatSeqOf(epoch: number, stage: ChatEventStage, status: ChatEventStatus): number {
  const isBehind = stage === "done" || (stage === "answer" && status !== "started");
  const step = CHAT_STAGES.indexOf(stage) * 10 + STATUS_OFFSET[status];
  return epoch * chatEpochSize + (isBehind ? behindText : 0) + step;
}

/** @throws RangeError for a number that is no stage's. */
export function chatStepOf(seq: number): { stage: ChatEventStage; status: ChatEventStatus } {
  const within = seq % chatEpochSize;
  const step = within >= behindText ? within - behindText : within;
  const stage = CHAT_STAGES[Math.floor(step / 10)];
  const status = CHAT_STATUSES.find((one) => STATUS_OFFSET[one] === step % 10);
  if (!stage || !status) throw new RangeError(`no stage has seq ${seq}`);
  return { stage, status };
}

/** Of a question that is asked while the tools run. */
export function questionSeq(epoch: number, type: QuestionType): number {
  const tools = chatSeqOf(epoch, "tools", "started");
  return tools + 1 + QUESTION_TYPES.indexOf(type);
}

/** Where in its text an answer is. */
export interface Position {
  readonly epoch: number;
  readonly segment: number;
  /** Of UTF-8. */
  readonly bytes: number;
}

export function positionSeq({ epoch, segment, bytes }: Position): number {
  return epoch * chatEpochSize + (segment + 1) * segmentSize + bytes;
}

/** The very first text of a job is the only one that a client need not be told to begin anew for. */
export function isFirstSegment({ epoch, segment }: Position): boolean {
  return epoch === 0 && segment === 0;
}

/**
 * The segment after one that is void or forgotten: it must be later than any that a client has seen, also where nobody
 * knows any more which these were.
 */
export function nextSegment(segment: number, elapsedMs: number): number {
  const next = Math.max(segment + 1, Math.floor(elapsedMs / 1_000) + 1);
  return Math.min(next, segmentsMax);
}

export function chatEpochOf(seq: number): number {
  return Math.floor(seq / chatEpochSize);
}

export function isChatEnd(seq: number): boolean {
  return seq >= 0 && seq % chatEpochSize >= chatEndSeq;
}

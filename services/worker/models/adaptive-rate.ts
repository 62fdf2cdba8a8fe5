/**
 * An adaptive limit of calls a second for one model, found by the share of calls that the model refuses:
 *
 *   a call sent          raises the rate by a little; by much until a limit is met and while far less is allowed
 *                        than went through before; by more once neither a drop nor a refusal has come for some time
 *   a tenth is refused   lowers the rate by the share that was refused, and a little more
 *   a call went through  keeps the rate near what goes through: calls in flight by their duration
 *
 * So the rate moves round a limit, whether that counts calls by the minute, by the second or at once, and
 * some 5 to 9 % of the calls are refused there, which cost the provider next to nothing; a fifth where the limit
 * is 5 a second. Refusals at random of less than a fourteenth change nothing: a leaky counter tells the two apart
 * within some tens of calls, and within four where all are refused. It takes more at random for a limit.
 *
 * Calls are spread evenly: a token bucket that holds a second of calls loses half of them to a burst every
 * two seconds. Pure: the caller brings the time, in milliseconds.
 */
export class AdaptiveRate {
  #perS = startPerS;
  /** When the next call is due. */
  #dueAt = 0;
  #lastCall = 0;
  #lastCallBeforeDrop = 0;
  /** Refusals beyond `shareMax` of the calls sent; since it was last 0: the first call refused, and how many. */
  #excess = 0;
  #firstRefused = 0;
  #refused = 0;
  #sentSinceRefusal = 0;
  #now = 0;
  #refusedAt = 0;
  #droppedAt = 0;
  #isStarting = true;
  #wasLowered = false;
  #inFlight = 0;
  #callMs: number | undefined;
  /** Calls a second that have gone through at most; forgotten with each drop by a little. */
  #provenPerS = 0;

  /** Calls sent whose outcome is open. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Calls a second. */
  get perS(): number {
    return this.#perS;
  }

  /** Calls at once that the rate comes to, those sent next included. */
  get concurrency(): number {
    const callMs = this.#callMs ?? callMsDefault;
    return Math.ceil((this.#perS * (callMs + aheadMs)) / 1_000);
  }

  /** How long the next call has to wait. */
  delayMs(nowMs: number): number {
    return Math.max(0, this.#dueAt - burstMs - nowMs);
  }

  /** Takes the next place in the schedule. */
  take(nowMs: number): void {
    this.#now = nowMs;
    this.#dueAt = Math.max(this.#dueAt, nowMs) + 1_000 / this.#perS;
  }

  /** Returns a place in which no call was sent. */
  release(): void {
    this.#dueAt -= 1_000 / this.#perS;
  }

  /** No place is due before `ms` have passed. */
  pause(nowMs: number, ms: number): void {
    this.#dueAt = Math.max(this.#dueAt, nowMs + ms + burstMs);
  }

  /** @returns the number of the call */
  sent(): number {
    this.#inFlight += 1;
    this.#lastCall += 1;
    this.#sentSinceRefusal += 1;
    this.#excess -= shareMax;
    if (this.#excess <= 0) this.#restartCounting();
    this.#perS = Math.min(perSMax, this.#perS + this.#step);
    return this.#lastCall;
  }

  /** The call went through after `callMs`. */
  succeeded(callMs: number): void {
    const average = this.#callMs ?? callMs;
    this.#callMs = Math.max(1, average + callMsWeight * (callMs - average));
    if (!this.#wasLowered) return;
    const throughPerS = (this.#inFlight * 1_000) / this.#callMs;
    this.#provenPerS = Math.max(this.#provenPerS, throughPerS);
    this.#perS = Math.min(perSMax, Math.max(this.#perS, floorShare * throughPerS));
  }

  /**
   * The model refused the call as one too many.
   *
   * @param isModelWorking whether it works on other calls, or just has
   */
  refused(call: number, isModelWorking: boolean): void {
    this.#sentSinceRefusal = 0;
    this.#refusedAt = this.#now;
    // Sent at the rate before, so the refusal says nothing about the rate after it.
    if (call <= this.#lastCallBeforeDrop) return;
    if (this.#refused === 0) this.#firstRefused = call;
    this.#excess += 1;
    this.#refused += 1;
    if (this.#excess < excessMax) return;
    // Of the calls sent since, nothing is known yet.
    const share = Math.min(1, this.#refused / (call - this.#firstRefused + 1));
    this.#lower(share, share === 1 && !isModelWorking);
  }

  /** The call is over, whatever came of it. Exactly once. */
  ended(): void {
    this.#inFlight -= 1;
  }

  /** By how much a call raises the rate. */
  get #step(): number {
    if (!this.#wasLowered) return firstStep;
    if (this.#isStarting || this.#perS < lowShare * this.#provenPerS) return fastStep;
    return this.#isQuiet ? quietStep : slowStep / Math.sqrt(this.#perS);
  }

  get #isQuiet(): boolean {
    if (this.#now - this.#droppedAt <= quietAfterDropMs) return false;
    return this.#sentSinceRefusal > quietCalls || this.#now - this.#refusedAt > quietMs;
  }

  #lower(share: number, isAllRefused: boolean): void {
    this.#perS *= Math.max(1 - share - dropExtra, dropMin);
    // The model does nothing for us, so the rate says nothing about the one it will allow.
    this.#perS = Math.max(isAllRefused ? restartPerS : perSMin, this.#perS);
    this.#isStarting = isAllRefused;
    this.#provenPerS *= provenKept;
    this.#wasLowered = true;
    this.#droppedAt = this.#now;
    this.#lastCallBeforeDrop = this.#lastCall;
    this.#restartCounting();
  }

  #restartCounting(): void {
    this.#excess = 0;
    this.#refused = 0;
  }
}

/** Tolerated: nearly twice the share that is called sporadic. */
const shareMax = 0.09;
/** Chance makes so many of 5 % at random once in thousands of calls. */
const excessMax = 4;
/** What goes through at a limit is less than this below the rate, so the bucket fills a little. */
const dropExtra = 0.1;
const dropMin = 0.1;
/** So few for any provider that they cost it nothing; 34 calls later there are twice as many. */
const startPerS = 100;
const restartPerS = 10;
const perSMin = 1;
/** More than a process can send. */
const perSMax = 2_000;
/** A second of calls makes the rate seven times as high: what a limit has left is found at once. */
const fastStep = 2;
/**
 * Until a limit is met, a third of a second does: of 500 chats that come to a new process in 2 s none waits long. With
 * more, what is refused until the first drop is a percent more of a burst.
 */
const firstStep = 3;
/**
 * From limit to limit in some hundred calls, so that few of them are refused. Of workers that share a limit the one
 * with the lower rate comes nearer to the others: with a share of its rate it would stay where a refusal has put it.
 */
const slowStep = 0.03;
/**
 * What the bucket of a limit has saved meanwhile is used up at a rate that is not far above the limit: with `fastStep`
 * it was three times as high when the bucket was empty, and calls in flight kept it there for as long as they took.
 */
const quietStep = 1.2;
/** Refusals that end without a drop say that another worker uses its part of the limit no longer. */
const quietCalls = 60;
const quietMs = 2_000;
/** Below a limit nothing is refused either, and to find it once more costs some five refusals. */
const quietAfterDropMs = 4_200;
/**
 * Of workers that share a limit the one with the lower rate meets more refusals: calls that come evenly leave little
 * room between them. Left there it would have most of the messages in its hands when the others run out of theirs.
 */
const lowShare = 0.6;
/** A limit that has fallen is taken for what it is after a few drops. */
const provenKept = 0.88;
const floorShare = 0.93;
/** A timer is not finer. */
const burstMs = 10;
const aheadMs = 500;
/** Until a call has gone through. */
const callMsDefault = 5_000;
const callMsWeight = 0.05;

import { Worker } from "node:worker_threads";
import { Fault } from "#lib/error/fault.ts";
import type { Detect, Detection, DetectorReply } from "../local-model/detection.ts";
import type { Photo } from "../models/model.ts";

/**
 * Runs the object detector in one thread: started with the first photo, fed one photo at a time,
 * ended and started anew when it crashes or gets stuck. A photo whose thread died is rejected, not
 * tried again: the queue owns retries. A caller that aborts is rejected at once; a photo already in
 * the thread is finished there and thrown away, which is cheaper than a new thread.
 */
export interface LocalDetectorOptions {
  /** A photo takes about 0.5 s; the first, with loading, about 1 s. */
  readonly stuckMs?: number;
  /** Photos waiting; more are refused with `MODEL_RATE_LIMITED`. */
  readonly photosWaitingMax?: number;
  /** Called once, with why detection is off for good; for the log. */
  readonly onUnavailable?: (reason: string) => void;
  /** The thread's script. */
  readonly script?: string | URL;
}

const photoMs = 500;

interface PendingPhoto {
  readonly photo: Photo;
  readonly signal: AbortSignal;
  resolve(detections: readonly Detection[] | undefined): void;
  reject(error: unknown): void;
}

export class LocalDetector {
  readonly #options: Required<LocalDetectorOptions>;
  readonly #waiting: PendingPhoto[] = [];
  #running: PendingPhoto | undefined;
  #thread: Worker | undefined;
  #watchdog: Timer | undefined;
  /** A thread has come up at least once: if the next one dies, the script is not to blame. */
  #isProven = false;
  #isOff = false;

  constructor(options: LocalDetectorOptions = {}) {
    this.#options = {
      stuckMs: 20_000,
      photosWaitingMax: 64,
      onUnavailable: () => {},
      script: defaultScript(),
      ...options,
    };
  }

  readonly detect: Detect = async (photo, signal) => {
    signal.throwIfAborted();
    if (this.#isOff) return undefined;
    if (this.#waiting.length >= this.#options.photosWaitingMax) {
      throw new Fault("MODEL_RATE_LIMITED", { retryAfterMs: this.#waiting.length * photoMs });
    }
    const { promise, resolve, reject } = Promise.withResolvers<readonly Detection[] | undefined>();
    const one = { photo, signal, resolve, reject };
    const abort = () => {
      const at = this.#waiting.indexOf(one);
      if (at >= 0) this.#waiting.splice(at, 1);
      reject(signal.reason);
    };
    signal.addEventListener("abort", abort, { once: true });
    this.#waiting.push(one);
    this.#startNext();
    return promise.finally(() => signal.removeEventListener("abort", abort));
  };

  /** Ends the thread; photos not finished are rejected with `MODEL_UNAVAILABLE`. */
  close(): void {
    const fault = new Fault("MODEL_UNAVAILABLE", { cause: new Error("detector closed") });
    for (const one of this.#waiting.splice(0)) one.reject(fault);
    this.#endThread(fault);
  }

  #startNext(): void {
    if (this.#running) return;
    const one = this.#waiting.shift();
    if (!one) return;
    this.#running = one;
    try {
      this.#thread ??= this.#startThread();
    } catch (error) {
      this.#turnOff(String(error));
      return;
    }
    this.#thread.ref();
    this.#watchdog = setTimeout(
      () => this.#endThread(new Fault("MODEL_TIMEOUT", { cause: new Error("detector stuck") })),
      this.#options.stuckMs,
    );
    this.#thread.postMessage(one.photo.bytes);
  }

  #startThread(): Worker {
    const thread = new Worker(this.#options.script);
    let lastError: unknown;
    thread.on("message", (reply: DetectorReply) => {
      if (thread === this.#thread) this.#receive(reply);
    });
    thread.on("error", (error) => {
      lastError = error;
    });
    thread.on("exit", () => {
      if (thread !== this.#thread) return;
      if (!this.#isProven) return this.#turnOff(String(lastError));
      const cause = lastError ?? new Error("detector thread ended");
      this.#endThread(new Fault("MODEL_UNAVAILABLE", { cause }));
    });
    return thread;
  }

  #receive(reply: DetectorReply): void {
    switch (reply.kind) {
      case "ready":
        this.#isProven = true;
        break;
      case "unavailable":
        this.#turnOff(reply.reason);
        break;
      case "detections":
        this.#release()?.resolve(reply.detections);
        this.#startNext();
        break;
      case "unreadable": {
        const code = reply.isTooLarge ? "IMAGE_TOO_MANY_PIXELS" : "IMAGE_CORRUPT";
        this.#release()?.reject(new Fault(code, { cause: new Error(reply.reason) }));
        this.#startNext();
      }
    }
  }

  #turnOff(reason: string): void {
    this.#isOff = true;
    const pending = [this.#release(), ...this.#waiting.splice(0)];
    this.#dropThread();
    for (const one of pending) one?.resolve(undefined);
    this.#options.onUnavailable(reason);
  }

  #endThread(fault: Fault): void {
    const one = this.#release();
    this.#dropThread();
    one?.reject(fault);
    this.#startNext();
  }

  #dropThread(): void {
    const thread = this.#thread;
    this.#thread = undefined;
    void thread?.terminate();
  }

  /** Takes the running photo out; a thread that then idles never keeps the process from ending. */
  #release(): PendingPhoto | undefined {
    clearTimeout(this.#watchdog);
    this.#thread?.unref();
    const one = this.#running;
    this.#running = undefined;
    return one;
  }
}

/** A compiled binary holds its entry points by their path from the project's root, as `infra/build.ts` says. */
function defaultScript(): string | URL {
  const isCompiled = import.meta.url.includes("/$bunfs/") || import.meta.url.includes("/~BUN/");
  if (isCompiled) return "./services/worker/adapters/local-detector-worker.ts";
  return new URL("./local-detector-worker.ts", import.meta.url);
}

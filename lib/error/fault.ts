import { FAULTS, type FaultCode, type FaultKind } from "./fault-table.ts";

/** What a caller may do in a window of time, or hold at once. */
export interface Quota {
  readonly name: string;
  readonly limit: number;
  readonly remaining: number;
  /** Length of the window, seconds; absent where things are held at once. */
  readonly windowS?: number;
  /** Seconds until the window ends, or it is worth trying again. */
  readonly resetS: number;
}

export interface FaultOptions {
  /** The internal side, an Error: logged, never sent to a client. */
  readonly cause?: unknown;
  /** How long the other side asked to wait, in milliseconds. */
  readonly retryAfterMs?: number;
  /** Replaces the table's user-facing sentence. */
  readonly detail?: string;
  /** The caller's quota that is used up: response headers say so. */
  readonly quota?: Quota;
  /** Public extra members of the problem document, such as the list of allowed values. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/**
 * The only error that crosses a boundary of Eco²: a code from the table, a public sentence, and the
 * internal cause. Whatever else is thrown is a bug and becomes `INTERNAL`.
 */
export class Fault extends Error {
  override readonly name = "Fault";
  readonly code: FaultCode;
  readonly detail: string;
  readonly retryAfterMs: number | undefined;
  readonly extra: Readonly<Record<string, unknown>> | undefined;
  readonly quota: Quota | undefined;

  constructor(code: FaultCode, options: FaultOptions = {}) {
    super(`${code}: ${FAULTS[code].title}`, { cause: options.cause });
    this.code = code;
    this.detail = options.detail ?? FAULTS[code].detail;
    this.quota = options.quota;
    this.retryAfterMs = options.retryAfterMs ?? (options.quota && options.quota.resetS * 1_000);
    this.extra = options.extra;
  }

  get kind(): FaultKind {
    return FAULTS[this.code];
  }

  /** Every unknown error is a bug: its text stays inside. */
  static from(error: unknown): Fault {
    return error instanceof Fault ? error : new Fault("INTERNAL", { cause: error });
  }
}

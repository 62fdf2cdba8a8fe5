import { FAULTS, type FaultCode, type FaultKind } from "./fault-table.ts";

export interface FaultOptions {
  /** The internal side, an Error: logged, never sent to a client. */
  readonly cause?: unknown;
  /** How long the other side asked to wait, in milliseconds. */
  readonly retryAfterMs?: number;
  /** Replaces the table's user-facing sentence. */
  readonly detail?: string;
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

  constructor(code: FaultCode, options: FaultOptions = {}) {
    super(`${code}: ${FAULTS[code].title}`, { cause: options.cause });
    this.code = code;
    this.detail = options.detail ?? FAULTS[code].detail;
    this.retryAfterMs = options.retryAfterMs;
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

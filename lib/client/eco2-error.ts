import type { components } from "./api.d.ts";

/** The problem document of a refused request (RFC 9457). */
export type Problem = components["schemas"]["Problem"];

/** What went wrong: a code of the API, or one of two of the client's own. */
export type Eco2ErrorCode =
  | Problem["code"]
  /** No response came, or its connection broke. */
  | "NETWORK"
  /** The response was not the API's, but for example a proxy's. */
  | "UNKNOWN";

/** How a call of the client fails. Only an aborted `signal` throws something else: its own reason. */
export class Eco2Error extends Error {
  override readonly name = "Eco2Error";
  /** Of the response; 0 where none came. */
  readonly status: number;
  readonly code: Eco2ErrorCode;
  /** Its `detail` is Korean, for the user. */
  readonly problem: Problem | undefined;
  /** Seconds after which the same call may succeed. */
  readonly retryAfterS: number | undefined;

  constructor(
    code: Eco2ErrorCode,
    given: {
      readonly status?: number;
      readonly problem?: Problem;
      readonly retryAfterS?: number | undefined;
      readonly cause?: unknown;
    } = {},
  ) {
    super(given.problem ? `${code}: ${given.problem.title}` : code, { cause: given.cause });
    this.status = given.status ?? 0;
    this.code = code;
    this.problem = given.problem;
    this.retryAfterS = given.retryAfterS;
  }

  /** Whether the same call may succeed without the user's doing. */
  get isTemporary(): boolean {
    return this.status === 0
      ? this.code === "NETWORK"
      : this.status > 500 || this.code === "IDEMPOTENCY_IN_FLIGHT";
  }
}

/** The error of a response that is no success and whose body was not read yet. */
export async function errorOf(response: Response): Promise<Eco2Error> {
  const body = await response.text().catch(() => "");
  return toError(response, isProblemType(response) ? parse(body) : undefined);
}

/** @param body of the response, parsed */
export function toError(response: Response, body: unknown): Eco2Error {
  const { status, headers } = response;
  const problem = isProblemType(response) && isProblem(body) ? body : undefined;
  const after = headers.get("retry-after");
  const retryAfterS = after === null ? undefined : secondsIn(after);
  return new Eco2Error(problem?.code ?? "UNKNOWN", {
    status,
    retryAfterS,
    ...(problem && { problem }),
  });
}

function isProblemType({ headers }: Response): boolean {
  return headers.get("content-type")?.startsWith("application/problem+json") ?? false;
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "code" in body;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** `Retry-After` is seconds or a date. */
function secondsIn(header: string): number | undefined {
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1_000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}

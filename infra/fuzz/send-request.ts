import * as v from "valibot";
import { FAULTS } from "#lib/error/fault-table.ts";
import type { FuzzRequest } from "./fuzz-request.ts";

const requestMs = 10_000;

export type Sender = ReturnType<typeof createSender>;

/** Sends requests and checks every response. */
export function createSender(origin: string) {
  const statuses = new Map<number, number>();
  /** Each kind once, with its count and its first example. */
  const problems = new Map<string, { count: number; example: string }>();
  const report = (problem: string, example: string): void => {
    const { count, example: first } = problems.get(problem) ?? { count: 0, example };
    problems.set(problem, { count: count + 1, example: first });
  };
  return {
    statuses,
    problems,
    report,
    /** @returns the parsed body of a JSON response. */
    send: async (request: FuzzRequest): Promise<unknown> => {
      const { method, target, headers, body = null } = request;
      const signal = AbortSignal.timeout(requestMs);
      try {
        const init = { method, headers, body, redirect: "manual", signal } as const;
        const response = await fetch(origin + target, init);
        const { status } = response;
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        const type = response.headers.get("content-type") ?? "";
        if (type.startsWith("text/event-stream")) return void (await response.body?.cancel());
        const text = await response.text();
        const problem = problemOf(method, status, type, text);
        if (problem) report(`${problem}: ${text.slice(0, 200)}`, describe(request));
        return type.includes("json") && text ? JSON.parse(text) : undefined;
      } catch (error) {
        const reason = error instanceof Error ? error.message : error;
        report(`no response (${reason})`, describe(request));
        return undefined;
      }
    },
  };
}

const Problem = v.object({
  status: v.number(),
  code: v.string(),
  title: v.string(),
  detail: v.string(),
});

/** What is wrong with a response; undefined when it is one that the API promises. */
function problemOf(method: string, status: number, type: string, text: string) {
  if (status >= 500) return `status ${status}`;
  if (status < 400 || method === "HEAD") return undefined;
  if (!type.startsWith("application/problem+json")) return `${status} is no problem document`;
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Problem), text);
  if (!parsed.success) return `${status} has a broken problem document`;
  if (!Object.hasOwn(FAULTS, parsed.output.code)) return `unknown code ${parsed.output.code}`;
  return parsed.output.status === status ? undefined : `${status} says ${parsed.output.status}`;
}

function describe({ method, target, headers, body }: FuzzRequest): string {
  const shown = typeof body === "string" ? body.slice(0, 200) : body && `${body.length} bytes`;
  return `${method} ${target.slice(0, 200)} ${JSON.stringify(headers).slice(0, 300)} ${shown ?? ""}`;
}

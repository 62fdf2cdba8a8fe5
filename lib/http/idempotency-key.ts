import type { Context } from "hono";
import { Fault } from "#lib/error/fault.ts";
import type { AppEnv } from "./create-app.ts";

/** Visible ASCII, so that it is safe inside a Redis key and a log line. */
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

/** @throws Fault `IDEMPOTENCY_KEY_INVALID`. */
export function idempotencyKey(c: Context<AppEnv>): string | undefined {
  const key = c.req.header("x-idempotency-key") ?? c.req.header("idempotency-key");
  if (key !== undefined && !IDEMPOTENCY_KEY.test(key)) throw new Fault("IDEMPOTENCY_KEY_INVALID");
  return key;
}

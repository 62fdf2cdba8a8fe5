import type { Client } from "openapi-fetch";
import type { paths } from "./api.d.ts";
import { toError } from "./eco2-error.ts";

/** Every operation of the API, typed by its path: https://openapi-ts.dev/openapi-fetch */
export type Api = Client<paths>;

/** The body of a success. @throws Eco2Error for every other response */
export function dataOf<T>(got: {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}): T {
  const { data, error, response } = got;
  if (!response.ok || data === undefined) throw toError(response, error);
  return data;
}

/** An optional signal as an optional field. */
export function withSignal(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal ? { signal } : {};
}

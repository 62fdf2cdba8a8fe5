import { dataOf } from "#lib/client/calls.ts";
import { createClient } from "#lib/client/create-client.ts";

/** The API, by the client that others use as well. */
export const eco2 = createClient();

/** Of a call that answers with nothing. @throws Eco2Error */
export function expectSuccess(got: {
  readonly error?: unknown;
  readonly response: Response;
}): void {
  if (!got.response.ok) dataOf(got);
}

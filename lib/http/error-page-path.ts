import type { FaultCode } from "#lib/error/fault-table.ts";

/** Where the page of a code is: `type` of its problem document. */
export function errorPagePath(code: FaultCode): string {
  return `/api/v1/docs/${code}`;
}

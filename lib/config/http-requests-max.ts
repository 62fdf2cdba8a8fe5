/**
 * Requests `fetch` has under way at once in this process; all beyond wait inside it, in order and without
 * a word. Bun reads the variable when the process starts: setting it later changes nothing.
 */
export function httpRequestsMax(): number {
  return Number(process.env.BUN_CONFIG_MAX_HTTP_REQUESTS) || 256;
}

import type { Quota } from "#lib/error/fault.ts";

/**
 * What a client may still do (https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers); none for
 * quotas without a limit.
 */
export function quotaHeaders(quotas: readonly Quota[]): Record<string, string> {
  const limited = quotas.filter(({ limit }) => limit > 0);
  if (limited.length === 0) return {};
  const policies = limited.map(({ name, limit, windowS }) => {
    const window = windowS === undefined ? "" : `;w=${windowS}`;
    return `"${name}";q=${limit}${window}`;
  });
  const left = limited.map(({ name, remaining, resetS }) => `"${name}";r=${remaining};t=${resetS}`);
  return { "RateLimit-Policy": policies.join(", "), RateLimit: left.join(", ") };
}

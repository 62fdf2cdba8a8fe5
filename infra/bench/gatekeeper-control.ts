import { answerParent } from "../harness/child.ts";

/**
 * A server that answers a check without looking at it, in a process of its own: what the same load takes
 * where nothing is done is the machine's doing, not the gatekeeper's. Says its origin.
 */
const headers = { "x-user-id": "anonymous", "x-auth-provider": "google" };
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: () => new Response(null, { headers }),
});
answerParent(async () => server.url.origin);

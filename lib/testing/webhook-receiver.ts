/** A request that a receiver has got. */
export interface Received {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** A server of a user's own, over plain http on this machine. */
export interface WebhookReceiver {
  readonly port: number;
  /** In the order in which they came. */
  readonly received: readonly Received[];
  /** What the next requests are answered with; otherwise 204. */
  next(...responses: (Response | Promise<Response>)[]): void;
  stop(): Promise<void>;
}

export function startWebhookReceiver(port = 0): WebhookReceiver {
  const received: Received[] = [];
  const responses: (Response | Promise<Response>)[] = [];
  const server = Bun.serve({
    port,
    hostname: "127.0.0.1",
    fetch: async (request) => {
      const { pathname: path } = new URL(request.url);
      const headers = Object.fromEntries(request.headers);
      received.push({ path, headers, body: await request.text() });
      return responses.shift() ?? new Response(null, { status: 204 });
    },
  });
  return {
    port: server.port ?? 0,
    received,
    next: (...more) => void responses.push(...more),
    stop: () => server.stop(true),
  };
}

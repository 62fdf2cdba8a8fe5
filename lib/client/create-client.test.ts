import { afterEach, describe, expect, test } from "bun:test";
import { createClient } from "./create-client.ts";
import { Eco2Error } from "./eco2-error.ts";

type Answer = Response | (() => Response | Promise<Response>);

const origin = "https://api.test";
const jobId = "019bd000-0000-7000-8000-000000000001";
const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** A client whose requests get these answers in turn, the last one again and again. */
function given(...answers: Answer[]) {
  const requests: Request[] = [];
  const eco2 = createClient({
    baseUrl: origin,
    fetch: async (request) => {
      requests.push(request);
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      if (!answer) throw new Error("no answer");
      return typeof answer === "function" ? answer() : answer.clone();
    },
  });
  const sent = () => requests.map(({ method, url }) => `${method} ${url.slice(origin.length)}`);
  return { eco2, requests, sent };
}

function problem(status: number, code: string, headers: Record<string, string> = {}) {
  const body = { type: "about:blank", title: "A title", status, code, detail: "안 돼요." };
  const type = { "content-type": "application/problem+json; charset=utf-8" };
  return new Response(JSON.stringify(body), { status, headers: { ...type, ...headers } });
}

const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json", ...headers },
  });

const event = (seq: number, name: string) => {
  const data = JSON.stringify({ job_id: jobId, seq, stage: name === "failed" ? "done" : name });
  return `id: ${seq}\nevent: ${name}\ndata: ${data}\n\n`;
};
const stream = (text: string) => new Response(`retry: 1\n\n${text}`);

/** A stream whose connection breaks behind `text`. */
function broken(text: string) {
  return () =>
    new Response(
      new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode(`retry: 1\n\n${text}`)),
        pull: (controller) => controller.error(new TypeError("terminated")),
      }),
    );
}

const seqs = async (events: AsyncIterable<{ readonly seq: number; readonly event: string }>) =>
  (await Array.fromAsync(events)).map(({ seq, event: name }) => `${seq} ${name}`);

async function errorFrom(call: Promise<unknown>): Promise<Eco2Error> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Eco2Error)) throw new Error(`no Eco2Error: ${error}`);
  return error;
}

describe("following", () => {
  test("goes on behind the last event when the connection breaks or ends, and stops at the end", async () => {
    const { eco2, requests } = given(
      broken(event(0, "queued") + event(10, "vision")),
      stream(event(11, "vision")),
      stream(event(51, "done")),
    );
    expect(await seqs(eco2.follow(jobId))).toEqual([
      "0 queued",
      "10 vision",
      "11 vision",
      "51 done",
    ]);
    expect(requests.map(({ headers }) => headers.get("last-event-id"))).toEqual([null, "10", "11"]);
  });

  test("waits out a 503, a 429 and a network that is away", async () => {
    const { eco2, requests } = given(
      stream(""),
      problem(503, "UNAVAILABLE", { "retry-after": "0" }),
      problem(429, "TOO_MANY_STREAMS", { "retry-after": "0" }),
      () => Promise.reject(new TypeError("fetch failed")),
      stream(event(51, "done")),
    );
    expect(await seqs(eco2.follow(jobId, { lastEventId: 41 }))).toEqual(["51 done"]);
    expect(requests.every(({ headers }) => headers.get("last-event-id") === "41")).toBe(true);
  });

  test("ends at a failure, at a 204, and behind a redrive's end where the server goes on", async () => {
    expect(await seqs(given(stream(event(52, "failed"))).eco2.follow(jobId))).toEqual([
      "52 failed",
    ]);
    const over = given(new Response(null, { status: 204 }));
    expect(await seqs(over.eco2.follow(jobId))).toEqual([]);
    const redriven = stream(event(52, "failed") + event(110, "vision") + event(151, "done"));
    expect(await seqs(given(redriven).eco2.follow(jobId))).toHaveLength(3);
  });

  test("fails at once where trying again is of no use", async () => {
    const { eco2, sent } = given(problem(404, "JOB_NOT_FOUND"));
    const error = await errorFrom(Array.fromAsync(eco2.follow(jobId)));
    expect([error.status, error.code, error.problem?.detail]).toEqual([
      404,
      "JOB_NOT_FOUND",
      "안 돼요.",
    ]);
    expect(sent()).toEqual([`GET /api/v1/scan/${jobId}/events`]);
  });

  test("ends its connection when it is left, and throws the reason of an abort", async () => {
    const { eco2, requests } = given(broken(event(0, "queued")));
    for await (const _ of eco2.follow(jobId)) break;
    expect(requests[0]?.signal.aborted).toBe(true);
    const controller = new AbortController();
    const following = Array.fromAsync(eco2.follow(jobId, { signal: controller.signal }));
    controller.abort(new Error("left the page"));
    expect(following).rejects.toThrow("left the page");
  });

  test("of an answer gives its text and its questions by their names", async () => {
    const token = `id: 100001\nevent: token\ndata: {"job_id":"${jobId}","seq":100001,"text":"네"}\n\n`;
    const { eco2 } = given(stream(token + event(99_999_999_950, "done")));
    const events = await Array.fromAsync(eco2.followChat(jobId));
    expect(events[0]).toEqual({ event: "token", job_id: jobId, seq: 100_001, text: "네" });
  });
});

describe("a session", () => {
  const expired = () => problem(401, "TOKEN_EXPIRED");
  const me = () => json({ user_id: "u" });

  test("is refreshed once for all requests that find it expired, and they are sent again", async () => {
    let isFresh = false;
    const requests: string[] = [];
    const eco2 = createClient({
      baseUrl: origin,
      fetch: async ({ url, method, body }) => {
        const path = new URL(url).pathname;
        requests.push(`${method} ${path}${body ? ` ${await new Response(body).text()}` : ""}`);
        if (path.endsWith("/refresh")) isFresh = true;
        return isFresh ? me() : expired();
      },
    });
    const rename = { body: { title: "병" }, params: { path: { chat_id: jobId } } };
    const [first, second] = await Promise.all([
      eco2.api.GET("/api/v1/users/me"),
      eco2.api.PATCH("/api/v1/chat/{chat_id}", rename),
    ]);
    expect([first.response.status, second.response.status]).toEqual([200, 200]);
    expect(requests.filter((one) => one.includes("refresh"))).toHaveLength(1);
    const patch = `PATCH /api/v1/chat/${jobId} {"title":"병"}`;
    expect(requests.filter((one) => one === patch)).toHaveLength(2);
  });

  test("that is over leaves the 401 as it is", async () => {
    const { eco2, sent } = given(expired, problem(401, "UNAUTHENTICATED"));
    const { error, response } = await eco2.api.GET("/api/v1/users/me");
    expect([response.status, error?.code]).toEqual([401, "TOKEN_EXPIRED"]);
    expect(sent()).toEqual(["GET /api/v1/users/me", "POST /api/v1/auth/refresh"]);
  });

  test("that cannot be refreshed now is not over: the call fails as unavailable", async () => {
    const { eco2 } = given(expired, problem(503, "UNAVAILABLE", { "retry-after": "2" }));
    const error = await errorFrom(eco2.api.GET("/api/v1/users/me"));
    expect([error.code, error.retryAfterS, error.isTemporary]).toEqual(["UNAVAILABLE", 2, true]);
  });

  test("is refreshed under a lock, where there are locks", async () => {
    const locked: string[] = [];
    const locks = {
      request: async (name: string, run: () => Promise<boolean>) => {
        locked.push(name);
        return run();
      },
    };
    const answers = [expired(), json({ expires_in: 1 })];
    const fetch = async () => answers.shift() ?? me();
    const eco2 = createClient({ baseUrl: origin, fetch, locks });
    expect((await eco2.api.GET("/api/v1/users/me")).response.status).toBe(200);
    expect(locked).toHaveLength(1);
  });

  test("keeps its cookies where no browser does, sends each where it belongs, and drops them", async () => {
    const signedIn = new Response(null, {
      status: 302,
      headers: [
        ["location", "/api/v1/users/me"],
        ["set-cookie", "s_access=a; Max-Age=10800; Path=/; HttpOnly; SameSite=Lax"],
        ["set-cookie", "s_refresh=r; Max-Age=2592000; Path=/api/v1/auth; HttpOnly"],
      ],
    });
    const signedOut = new Response(null, {
      status: 204,
      headers: [["set-cookie", "s_access=; Max-Age=0; Path=/"]],
    });
    const { eco2, requests } = given(signedIn, me, signedOut, me);
    await eco2.signIn("dev", { loginHint: "나" });
    await eco2.api.GET("/api/v1/users/me");
    await eco2.signOut();
    await eco2.api.GET("/api/v1/users/me");
    expect(requests.map(({ headers }) => headers.get("cookie"))).toEqual([
      null,
      "s_access=a",
      "s_access=a; s_refresh=r",
      null,
    ]);
    expect(requests[0]?.url).toEndWith("/auth/dev/authorize?login_hint=%EB%82%98");
  });

  test("by a token is shown with every request, and never refreshed", async () => {
    const requests: Request[] = [];
    const eco2 = createClient({
      baseUrl: origin,
      token: async () => "t",
      fetch: async (request) => {
        requests.push(request);
        return expired();
      },
    });
    expect((await eco2.api.GET("/api/v1/users/me")).response.status).toBe(401);
    expect(requests.map(({ headers }) => headers.get("authorization"))).toEqual(["Bearer t"]);
  });

  test("cannot begin at a provider outside of a browser", () => {
    expect(given(me).eco2.signIn("google")).rejects.toThrow("browser");
  });
});

describe("a scan", () => {
  const offer = json(
    {
      key: "k",
      upload_url: "https://store.test/k?signature=s",
      cdn_url: "https://cdn.test/k",
      expires_in: 300,
      required_headers: { "content-type": "image/png", "content-length": "4" },
    },
    201,
  );
  const stored = new Response(null);
  const confirmed = json({ key: "k", cdn_url: "https://cdn.test/k" });
  const accepted = json({ job_id: jobId, status: "queued" }, 202);
  const photo = new Blob(["\x89PNG".slice(1)], { type: "image/png" });

  test("uploads, submits and follows; the photo's address gets none of the credentials", async () => {
    const { eco2, requests } = given(offer, stored, confirmed, accepted, stream(event(51, "done")));
    const scan = await eco2.scan(photo, "병이에요", { materialHint: "유리" });
    expect(await seqs(scan.events)).toEqual(["51 done"]);
    const [, put, , submit] = requests;
    expect(put?.url).toBe("https://store.test/k?signature=s");
    expect([...(put?.headers.keys() ?? [])]).toEqual(["content-type"]);
    expect(await submit?.json()).toEqual({
      image_url: "https://cdn.test/k",
      user_input: "병이에요 유리",
    });
  });

  test("that is lost on its way is sent again with the same key", async () => {
    const { eco2, requests } = given(
      () => Promise.reject(new TypeError("fetch failed")),
      problem(409, "IDEMPOTENCY_IN_FLIGHT", { "retry-after": "0" }),
      accepted,
    );
    expect((await eco2.scan("https://cdn.test/k")).jobId).toBe(jobId);
    const keys = requests.map(({ headers }) => headers.get("x-idempotency-key"));
    expect([keys.length, new Set(keys).size]).toEqual([3, 1]);
  });

  test("that is refused is not sent again, and says for how long", async () => {
    const { eco2, sent } = given(problem(429, "RATE_LIMITED", { "retry-after": "30" }));
    const error = await errorFrom(eco2.scan("https://cdn.test/k"));
    expect([error.status, error.code, error.retryAfterS]).toEqual([429, "RATE_LIMITED", 30]);
    expect(error.message).toBe("RATE_LIMITED: A title");
    expect(sent()).toHaveLength(1);
  });

  test("has a result, which waits for its end", async () => {
    const running = json({ status: "processing", current_stage: "vision", progress: 25 }, 202);
    const done = json({ task_id: jobId, status: "completed" });
    const { eco2, sent } = given(running, stream(event(51, "done")), done);
    expect((await eco2.result(jobId, { at: { lat: 37.5, lon: 127 } })).status).toBe("completed");
    expect(sent()).toEqual([
      `GET /api/v1/scan/${jobId}/result?lat=37.5&lon=127`,
      `GET /api/v1/scan/${jobId}/events`,
      `GET /api/v1/scan/${jobId}/result?lat=37.5&lon=127`,
    ]);
  });

  test("behind a proxy that answers by itself gets an error of no code of the API", async () => {
    const { eco2 } = given(new Response("<h1>413</h1>", { status: 413 }));
    const error = await errorFrom(eco2.scan("https://cdn.test/k"));
    expect([error.status, error.code, error.problem]).toEqual([413, "UNKNOWN", undefined]);
  });
});

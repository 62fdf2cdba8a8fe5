import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { connectDatabase, type Database } from "#lib/db/client.ts";
import { migrate } from "#lib/db/migrate.ts";
import { replacedTokens } from "#lib/db/schema.ts";
import { until } from "#lib/testing/until.ts";
import { proofHeader } from "#lib/token/internal-proof.ts";
import { makeKey } from "#lib/token/key-set.ts";
import { createApiClient } from "../harness/api-client.ts";
import { type AppProcess, startApp } from "../harness/app-process.ts";
import { createLinks, type Links } from "../harness/links.ts";
import { bringUpOwn, chaosFolder, type OwnServers } from "../harness/own-servers.ts";
import { signIn, signOut } from "../harness/sign-in.ts";
import { localDefaults } from "../harness/stack.ts";
import { choosePort } from "../services/port.ts";
import { SERVICE_NAMES } from "../services/service.ts";
import { uploadPhoto } from "./harness.ts";

/** Of servers that no other file waits for. */
const folder = join(chaosFolder, "revocation");

type Session = Awaited<ReturnType<typeof signIn>>;

/** A process that authenticates requests. */
interface Authenticator {
  readonly app: AppProcess;
  /** Status, and the code when refused. */
  ask(headers: Session): Promise<readonly [number, string?]>;
}

/**
 * Two edges and a gatekeeper as real processes, on servers that the test may kill. A user who signs out at
 * the first edge is anonymous at the other processes.
 */
describe("a token revoked by a logout", () => {
  let servers: OwnServers;
  let links: Links;
  let postgres: Database;
  let first: Authenticator;
  let others: Record<"edge" | "gatekeeper", Authenticator>;
  /** Alone, behind the gatekeeper. */
  let events: Authenticator;
  const keys = makeKey().then((key) => JSON.stringify({ keys: [key] }));

  beforeAll(async () => {
    servers = await bringUpOwn(folder, () => undefined);
    await migrate(servers.urls.DATABASE_URL);
    // Of their own address: a server that was killed comes back on another port.
    links = createLinks(servers.urls);
    postgres = await connectDatabase(links.urls.DATABASE_URL);
    first = await open("edge");
    others = { edge: await open("edge"), gatekeeper: await open("gatekeeper") };
    events = await open("events");
  }, 120_000);
  // Whatever a test has left behind; to sign in takes all three again.
  beforeEach(async () => {
    await restart();
    await first.app.ready();
  }, 60_000);
  afterAll(async () => {
    const authenticators = [first, others?.edge, others?.gatekeeper, events];
    await Promise.all(
      authenticators.map((authenticator) => authenticator?.app.end("SIGTERM", 10_000)),
    );
    await postgres?.close();
    links?.stop();
    await servers?.stop();
  }, 60_000);

  async function open(main: "edge" | "gatekeeper" | "events"): Promise<Authenticator> {
    const port = choosePort([]);
    const logs = join(folder, "logs");
    mkdirSync(logs, { recursive: true });
    const app = startApp({
      main,
      env: {
        ...localDefaults,
        ...links.urls,
        LOG_LEVEL: "warn",
        AUTH_KEYS: await keys,
        INTERNAL_SECRET: "0123456789abcdef0123456789abcdef",
        SIGN_INS_PER_MINUTE_PER_IP: "0",
        IMAGE_DIR: join(folder, "images"),
      },
      port,
      logFile: join(logs, `revocation-${main}.log`),
    });
    await app.ready();
    const prefix = main === "gatekeeper" ? "/authz" : "";
    return {
      app,
      ask: async (headers) => {
        const url = `http://127.0.0.1:${port}${prefix}/api/v1/users/me`;
        const response = await fetch(url, { headers });
        const text = await response.text();
        return response.ok ? [response.status] : [response.status, JSON.parse(text).code];
      },
    };
  }
  const origin = (authenticator: Authenticator) => authenticator.app.origin;
  const newSession = () => signIn(origin(first), `revoked-${crypto.randomUUID()}`);
  const logout = (session: Session) => signOut(origin(first), session);
  const everywhere = () => [first, others.edge, others.gatekeeper];
  const askAll = (headers: Session) =>
    Promise.all(everywhere().map((authenticator) => authenticator.ask(headers)));
  const isLetIn = async (session: Session) =>
    (await askAll(session)).every(([status]) => status === 200);
  const isRefused = async (session: Session) =>
    (await askAll(session)).every(([status]) => status === 401);
  const restart = async () => {
    await servers.restart();
    links.setUpstream(servers.urls);
  };
  const expectRefused = async (headers: Session) => {
    for (const authenticator of everywhere()) {
      expect(await authenticator.ask(headers)).toEqual([401, "TOKEN_REVOKED"]);
    }
  };

  test("is refused where it was revoked at once, and by every other process within a second", async () => {
    const session = await newSession();
    for (const authenticator of everywhere())
      expect(await authenticator.ask(session)).toEqual([200]);
    await logout(session);
    expect(await first.ask(session)).toEqual([401, "TOKEN_REVOKED"]);
    await until(() => isRefused(session), { timeoutMs: 1_000 });
    await expectRefused(session);
  });

  test("is refused by a process that was started after it", async () => {
    const session = await newSession();
    await logout(session);
    for (const main of ["edge", "gatekeeper"] as const) {
      await reopen(main);
      expect(await others[main].ask(session)).toEqual([401, "TOKEN_REVOKED"]);
    }
  }, 60_000);

  test.each([...SERVICE_NAMES])(
    "is refused while %s is away and after its restart, and others still come in",
    async (name) => {
      const revoked = await newSession();
      const kept = await newSession();
      await logout(revoked);
      await until(() => isRefused(revoked));
      servers.kill(name);
      // What is held in memory needs none of the three.
      expect(await isRefused(revoked)).toBe(true);
      expect(await others.gatekeeper.ask(kept)).toEqual([200]);
      await restart();
      await until(() => isLetIn(kept), { timeoutMs: 30_000 });
      await expectRefused(revoked);
      await reopen("gatekeeper");
      expect(await others.gatekeeper.ask(revoked)).toEqual([401, "TOKEN_REVOKED"]);
      expect(await others.gatekeeper.ask(kept)).toEqual([200]);
    },
    120_000,
  );

  test.each([...SERVICE_NAMES])(
    "is refused although %s was killed before the revocation was published",
    async (name) => {
      const session = await newSession();
      await logout(session);
      servers.kill(name);
      expect((await first.ask(session))[0]).toBe(401);
      await restart();
      await until(() => isRefused(session), { timeoutMs: 30_000 });
    },
    120_000,
  );

  test("is refused everywhere also when it was revoked while there was no broker to tell", async () => {
    const session = await newSession();
    servers.kill("rabbitmq");
    await logout(session);
    expect(await first.ask(session)).toEqual([401, "TOKEN_REVOKED"]);
    // The others find it by themselves.
    await until(() => isRefused(session), { timeoutMs: 20_000 });
  }, 60_000);

  test.each(["a logout", "a reused refresh token", "the deletion of the account"])(
    "ends its open event streams within a second of %s, at every process, and no other's",
    async (end) => {
      const [session, kept] = [await newSession(), await newSession()];
      const [theirs, others] = [await followEverywhere(session), await followEverywhere(kept)];
      const at = `${origin(first)}/api/v1`;
      if (end === "a logout") await logout(session);
      else if (end === "the deletion of the account") {
        expect((await fetch(`${at}/users/me`, { method: "DELETE", headers: session })).ok).toBe(
          true,
        );
      } else {
        const refresh = () => fetch(`${at}/auth/refresh`, { method: "POST", headers: session });
        expect((await refresh()).status).toBe(200);
        await postgres.call((db) => db.update(replacedTokens).set({ replacedAt: new Date(0) }));
        expect((await refresh()).status).toBe(401);
      }
      await until(() => theirs.every(({ isOver }) => isOver), { timeoutMs: 1_000 });
      expect(others.some(({ isOver }) => isOver)).toBe(false);
      await logout(kept);
      await until(() => others.every(({ isOver }) => isOver), { timeoutMs: 1_000 });
    },
    30_000,
  );

  /** Opens an event stream of a scan that waits for a worker, at each process that has them. */
  async function followEverywhere(session: Session): Promise<readonly { isOver: boolean }[]> {
    const api = createApiClient(origin(first), session);
    const { stream_url: url } = await api.submit(await uploadPhoto(api), "");
    const checked = await fetch(`${origin(others.gatekeeper)}/authz${url}`, { headers: session });
    const proof = { [proofHeader]: checked.headers.get(proofHeader) ?? "" };
    return Promise.all([
      follow(`${origin(first)}${url}`, session),
      follow(`${origin(others.edge)}${url}`, session),
      follow(`${origin(events)}${url}`, proof),
    ]);
  }
  async function follow(url: string, headers: Record<string, string>) {
    const { status, body } = await fetch(url, { headers });
    expect(status).toBe(200);
    const stream = { isOver: false };
    void new Response(body).text().then(() => {
      stream.isOver = true;
    });
    return stream;
  }

  async function reopen(main: keyof typeof others): Promise<void> {
    await others[main].app.end("SIGKILL");
    others[main] = await open(main);
  }
});

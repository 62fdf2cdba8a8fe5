import { beforeAll, describe, expect, test } from "bun:test";
import { migrate } from "#lib/db/migrate.ts";
import { serviceUrls } from "#lib/testing/services.ts";
import { startTcpProxy } from "#lib/testing/tcp-proxy.ts";
import { localDefaults } from "../harness/stack.ts";
import { projectFolder } from "../services/ensure-services.ts";

/** Nine boots side by side, on a machine that does other things as well. */
const bootMsMax = 60_000;

/** Runs a process that is not supposed to come up. */
async function boot(main: string, env: Record<string, string>) {
  const startedAt = performance.now();
  const child = Bun.spawn([process.execPath, `services/${main}/main.ts`], {
    cwd: projectFolder,
    env: {
      PATH: process.env.PATH,
      PORT: "0",
      HEALTH_PORT: "0",
      METRICS_PORT: "0",
      ...localDefaults,
      ...env,
    },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), bootMsMax);
  const [code, text] = await Promise.all([child.exited, new Response(child.stderr).text()]);
  clearTimeout(timer);
  return { code, text, ms: performance.now() - startedAt };
}

function changed(url: string, change: Partial<URL>): string {
  return Object.assign(new URL(url), change).href;
}

const { DATABASE_URL, REDIS_URL, AMQP_URL } = serviceUrls;

beforeAll(() => migrate(DATABASE_URL));
const wrong: [name: string, variable: string, env: Record<string, string>][] = [
  ["another password", "AMQP_URL", { AMQP_URL: changed(AMQP_URL, { password: "wrong" }) }],
  ["another port", "AMQP_URL", { AMQP_URL: changed(AMQP_URL, { port: "1" }) }],
  ["another vhost", "AMQP_URL", { AMQP_URL: changed(AMQP_URL, { pathname: "/none" }) }],
  ["another server", "AMQP_URL", { AMQP_URL: changed(AMQP_URL, { port: portOf(REDIS_URL) }) }],
  ["another password", "REDIS_URL", { REDIS_URL: changed(REDIS_URL, { password: "wrong" }) }],
  ["another port", "REDIS_URL", { REDIS_URL: changed(REDIS_URL, { port: "1" }) }],
  ["another password", "DATABASE_URL", { DATABASE_URL: changed(DATABASE_URL, { password: "x" }) }],
  ["another port", "DATABASE_URL", { DATABASE_URL: changed(DATABASE_URL, { port: "1" }) }],
  ["another scheme", "DATABASE_URL", { DATABASE_URL: "http://127.0.0.1" }],
];

function portOf(url: string): string {
  return new URL(url).port;
}

/** What is wrong is told by `lib`: all of it is tried at one process, and at the other that it asks. */
const wrongAt = {
  edge: wrong,
  worker: wrong.filter(([what]) => what === "another password"),
} as const;

describe.each(["edge", "worker"] as const)(
  "%s refuses to start, exit 1 and the variable named,",
  (main) => {
    test("for every wrong address or password of a backing service", async () => {
      const outcomes = await Promise.all(
        wrongAt[main].map(async ([, variable, env]) => ({
          variable,
          ...(await boot(main, { ...serviceUrls, ...env })),
        })),
      );
      for (const { variable, code, text, ms } of outcomes) {
        expect([code, text]).toEqual([1, expect.stringContaining(variable)]);
        expect(ms).toBeLessThan(bootMsMax);
      }
      // What is wrong is named, what is secret is not repeated.
      const passwords = Object.values(serviceUrls).map((url) => new URL(url).password);
      for (const { text } of outcomes) {
        for (const password of passwords) expect(text).not.toContain(password);
      }
    }, 120_000);

    test("for everything that is missing, at once", async () => {
      const { code, text } = await boot(main, {});
      expect(code).toBe(1);
      for (const variable of Object.keys(serviceUrls)) expect(text).toContain(variable);
    }, 120_000);
  },
);

describe("with BOOT_WAIT_S=300", () => {
  const BOOT_WAIT_S = "300";

  test("another password, vhost or database still ends the boot at once", async () => {
    const refused = wrong.filter(
      ([what]) => what === "another password" || what === "another vhost",
    );
    const none = { DATABASE_URL: changed(DATABASE_URL, { pathname: "/none" }) };
    const cases = [...refused, ["another database", "DATABASE_URL", none] as const];
    const outcomes = await Promise.all(
      cases.map(([, , env]) => boot("edge", { ...serviceUrls, ...env, BOOT_WAIT_S })),
    );
    for (const [i, { code, text, ms }] of outcomes.entries()) {
      expect([code, text]).toEqual([1, expect.stringContaining(cases[i]?.[1] ?? "")]);
      expect(ms).toBeLessThan(bootMsMax);
    }
  }, 120_000);

  test.each(["DATABASE_URL", "REDIS_URL", "AMQP_URL"] as const)(
    "what is behind %s is waited for, with one line",
    async (variable) => {
      const proxy = startTcpProxy(serviceUrls[variable]);
      proxy.refuse();
      const env = { ...serviceUrls, [variable]: proxy.url, BOOT_WAIT_S };
      const child = Bun.spawn([process.execPath, "services/edge/main.ts"], {
        cwd: projectFolder,
        env: { PATH: process.env.PATH, PORT: "0", METRICS_PORT: "0", ...localDefaults, ...env },
        stdin: "ignore",
        stdout: "pipe",
        stderr: "inherit",
      });
      let output = "";
      const decoder = new TextDecoder();
      for await (const chunk of child.stdout) {
        output += decoder.decode(chunk, { stream: true });
        if (output.includes('"waiting for backing services"')) proxy.heal();
        if (output.includes('"ready"')) child.kill("SIGTERM");
      }
      proxy.stop();
      expect(await child.exited).toBe(0);
      expect(output.match(/"waiting for backing services"/g)).toHaveLength(1);
      expect(output).toContain('"ready"');
    },
    120_000,
  );
});

test("a port that is taken and a folder that cannot be written are named as they are set", async () => {
  const taken = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
  const stores = { DATABASE_URL, REDIS_URL };
  const outcomes = await Promise.all([
    boot("worker", { ...serviceUrls, HEALTH_PORT: String(taken.port) }),
    boot("images", { ...stores, PORT: String(taken.port) }),
    boot("images", { ...stores, HOST: "nope.invalid" }),
    boot("images", { ...stores, IMAGE_DIR: "/proc/nope" }),
    boot("images", { ...stores, IMAGE_DIR: `${projectFolder}/package.json` }),
  ]);
  await taken.stop(true);
  const names = ["HEALTH_PORT", "PORT", "HOST", "IMAGE_DIR", "IMAGE_DIR"];
  for (const [i, { code, text }] of outcomes.entries()) {
    const line = new RegExp(`^\\w+: ${names[i]}: [^\\n]+\\n$`);
    expect([code, text]).toEqual([1, expect.stringMatching(line)]);
  }
}, 120_000);

test.each([
  "edge",
  "worker",
  "auth",
  "gatekeeper",
  "scan",
  "events",
  "users",
  "character",
  "location",
  "webhooks",
])(
  "%s says of a database that was never migrated what to do, in one line",
  async (main) => {
    // Every server has this one, and nobody migrates it.
    const bare = changed(DATABASE_URL, { pathname: "/postgres" });
    const { code, text } = await boot(main, { ...serviceUrls, DATABASE_URL: bare });
    const line = new RegExp(
      `^${main}: DATABASE_URL: not migrated \\([^\\n]+\\); run \`bun run migrate\`\\n$`,
    );
    expect([code, text]).toEqual([1, expect.stringMatching(line)]);
  },
  120_000,
);

test.each(["scan", "events", "users", "character", "images", "location", "webhooks", "gatekeeper"])(
  "%s does not start in production without proof of who calls it",
  async (main) => {
    const env = { ...serviceUrls, NODE_ENV: "production", AUTH_MODE: "dev" };
    const { code, text } = await boot(main, env);
    expect([code, text]).toEqual([1, expect.stringContaining("  INTERNAL_SECRET: is required")]);
  },
  120_000,
);

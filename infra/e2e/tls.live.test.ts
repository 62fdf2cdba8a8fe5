import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate } from "#lib/db/migrate.ts";
import { makeAuthority } from "#lib/testing/certificate-authority.ts";
import { serviceUrls } from "#lib/testing/services.ts";
import { startTlsProxy } from "#lib/testing/tls-proxy.ts";
import { localDefaults } from "../harness/stack.ts";
import { projectFolder } from "../services/ensure-services.ts";

/** Each store behind TLS, with a certificate of a private authority. */
const known = makeAuthority("DNS:localhost");
const elsewhere = makeAuthority("DNS:elsewhere.test");
const variables = ["DATABASE_URL", "REDIS_URL", "AMQP_URL"] as const;
const start = (pair: typeof known) =>
  variables.map((name) => [name, startTlsProxy(serviceUrls[name], pair)] as const);
const proxies = start(known);
const misnamed = start(elsewhere);
const urls = Object.fromEntries(proxies.map(([name, { url }]) => [name, url]));

const folder = mkdtempSync(join(tmpdir(), "eco2-tls-"));
const { execPath } = process;
const source = (main: string) => [execPath, `services/${main}/main.ts`];
/** Carries a TLS of its own: that it takes what the one from source takes is not given. */
const compiled = (program: string) => [join(folder, program)];

beforeAll(async () => {
  await migrate(serviceUrls.DATABASE_URL);
  for (const program of ["worker", "operator"]) {
    const build = [execPath, "infra/build.ts", program, "--outfile", join(folder, program)];
    const { exitCode, stderr } = Bun.spawnSync(build, { cwd: projectFolder, stdout: "ignore" });
    expect([exitCode, stderr.toString()]).toEqual([0, ""]);
  }
}, 120_000);
afterAll(() => {
  rmSync(folder, { recursive: true });
  for (const [, proxy] of [...proxies, ...misnamed]) proxy.stop();
  for (const authority of [known, elsewhere]) authority.remove();
});

/** Until it is ready, or has said why not. */
async function boot(command: string[], env: Readonly<Record<string, string | undefined>>) {
  const ports = { PORT: "0", HEALTH_PORT: "0", METRICS_PORT: "0" };
  const child = Bun.spawn(command, {
    cwd: projectFolder,
    env: { PATH: process.env.PATH, ...ports, ...localDefaults, ...urls, ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const errors = new Response(child.stderr).text();
  let output = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    output += chunk;
    if (output.includes('"ready"')) child.kill("SIGTERM");
  }
  const isReady = output.includes('"ready"');
  return { code: await child.exited, isReady, output, errors: await errors };
}

describe("with every store behind TLS of a private authority", () => {
  const trusting = { NODE_EXTRA_CA_CERTS: known.authority };

  test.each([
    ["edge", source("edge")],
    ["a worker from source", source("worker")],
    ["a compiled worker", compiled("worker")],
  ])(
    "%s is ready where NODE_EXTRA_CA_CERTS names the authority",
    async (_, command) => {
      const { isReady, errors } = await boot(command, trusting);
      expect([isReady, errors]).toEqual([true, ""]);
    },
    60_000,
  );

  test("the compiled operator migrates and looks at all three", async () => {
    const [operator = ""] = compiled("operator");
    expect(await boot([operator, "migrate"], trusting)).toMatchObject({ code: 0, errors: "" });
    const { output } = await boot([operator, "doctor", "--json"], trusting);
    const states: { name: string; state: string }[] = JSON.parse(output);
    for (const name of ["migrations", "redis memory", "topology"]) {
      expect(states).toContainEqual(expect.objectContaining({ name, state: "ok" }));
    }
    const blind = await boot([operator, "migrate"], {});
    expect([blind.code, blind.errors]).toEqual([1, expect.stringContaining("DATABASE_URL: ")]);
  }, 60_000);

  test.each(
    [["edge"], ["a compiled worker"]].flatMap(([who]) =>
      variables.map((one) => [who, one] as const),
    ),
  )(
    "%s that does not know the authority, or meets another name, does not use %s",
    async (who, variable) => {
      const command = who === "edge" ? source("edge") : compiled("worker");
      const plain = { ...serviceUrls, [variable]: urls[variable] };
      const other = misnamed.find(([name]) => name === variable)?.[1].url;
      const trusted = { NODE_EXTRA_CA_CERTS: elsewhere.authority };
      const given = { ...serviceUrls, [variable]: other, ...trusted };
      // Side by side: each waits until its deadline for a store that may come.
      for (const { code, errors } of await Promise.all(
        [plain, given].map((env) => boot(command, env)),
      )) {
        expect([code, errors]).toEqual([1, expect.stringContaining(`${variable}: `)]);
      }
    },
    60_000,
  );
});

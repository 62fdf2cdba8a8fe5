import { afterAll, beforeAll, describe, expect, test } from "bun:test";
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

beforeAll(() => migrate(serviceUrls.DATABASE_URL));
afterAll(() => {
  for (const [, proxy] of [...proxies, ...misnamed]) proxy.stop();
  for (const authority of [known, elsewhere]) authority.remove();
});

/** Until it is ready, or has said why not. */
async function boot(main: string, env: Readonly<Record<string, string | undefined>>) {
  const ports = { PORT: "0", HEALTH_PORT: "0", METRICS_PORT: "0" };
  const child = Bun.spawn([process.execPath, `services/${main}/main.ts`], {
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
  return { code: await child.exited, isReady: output.includes('"ready"'), errors: await errors };
}

describe("with every store behind TLS of a private authority", () => {
  test.each(["edge", "worker"])(
    "%s is ready where NODE_EXTRA_CA_CERTS names the authority",
    async (main) => {
      const { isReady, errors } = await boot(main, { NODE_EXTRA_CA_CERTS: known.authority });
      expect([isReady, errors]).toEqual([true, ""]);
    },
    60_000,
  );

  test.each(variables)(
    "nobody who does not know the authority, or meets another name, uses %s",
    async (variable) => {
      const plain = { ...serviceUrls, [variable]: urls[variable] };
      const unknown = await boot("edge", plain);
      expect([unknown.code, unknown.errors]).toEqual([1, expect.stringContaining(`${variable}: `)]);
      const other = misnamed.find(([name]) => name === variable)?.[1].url;
      const trusted = { NODE_EXTRA_CA_CERTS: elsewhere.authority };
      const another = await boot("edge", { ...serviceUrls, [variable]: other, ...trusted });
      expect([another.code, another.errors]).toEqual([1, expect.stringContaining(`${variable}: `)]);
    },
    60_000,
  );
});

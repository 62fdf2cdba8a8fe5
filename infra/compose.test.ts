import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import * as v from "valibot";
import { loadConfig } from "#lib/config/load-config.ts";
import { allowedImageHosts, publicOrigin } from "#lib/config/public-url.ts";
import { settings } from "#lib/config/settings.ts";
import { scanBytesMax } from "#lib/contract/scan-limits.ts";
import { createHealthApp } from "#lib/http/health.ts";
import { stopDeadlineDefaultMs } from "#lib/process/run-process.ts";
import { EdgeConfig } from "../services/edge/config.ts";
import { EventRouterConfig } from "../services/event-router/config.ts";
import { DlqConfig } from "../services/operator/config.ts";
import { stopDeadlineMs, WorkerConfig } from "../services/worker/config.ts";
import { readCompose } from "./images/compose-file.ts";
import { urlFromCompose } from "./services/compose.ts";

const { services } = await readCompose();
const edge = loadConfig(EdgeConfig, services.edge.environment);
const worker = loadConfig(WorkerConfig, services.worker.environment);
const backing = ["postgres", "redis", "rabbitmq"] as const;

const processes = [
  { name: "edge", names: Object.keys(EdgeConfig.entries), leftAlone: [] },
  // Its ports are reached inside the pod alone, where the defaults are right.
  {
    name: "worker",
    names: Object.keys(WorkerConfig.entries),
    leftAlone: ["HEALTH_PORT", "METRICS_PORT"],
  },
  {
    name: "event-router",
    names: Object.keys(EventRouterConfig.entries),
    leftAlone: ["HEALTH_PORT"],
  },
] as const;

describe("configuration", () => {
  test.each(processes)("$name can be set by every variable it reads, and by no other", (one) => {
    const given = Object.keys(services[one.name].environment);
    const settable = one.names.filter((name) => !one.leftAlone.some((left) => left === name));
    expect(given.toSorted()).toEqual(settable.toSorted());
  });

  test("the migration gets what it reads: the database, as edge does", () => {
    expect(services.migrate.environment).toEqual({
      DATABASE_URL: services.edge.environment.DATABASE_URL ?? "",
    });
  });

  test("the operator gets the services that edge and worker use, and their keys", () => {
    const { AUTH_KEYS, ...urls } = services.operator.environment;
    expect(AUTH_KEYS).toBe("");
    expect(Object.keys(urls).toSorted()).toEqual(Object.keys(DlqConfig.entries).toSorted());
    expect(services.edge.environment).toMatchObject(urls);
  });

  test("the router publishes where edge listens, once it is told to", async () => {
    const { PUBSUB_REDIS_URL: url = "", REDIS_URL } = services["event-router"].environment;
    expect(services.edge.environment).toMatchObject({ PUBSUB_REDIS_URL: url, REDIS_URL });
    expect(edge.EVENTS_SOURCE).toBe("streams");
    const { pubsub } = services;
    expect(new URL(url)).toMatchObject({
      hostname: "pubsub",
      password: pubsub.command?.[pubsub.command.indexOf("--requirepass") + 1],
    });
    const profiles = [services["event-router"], pubsub].map((one) => one.profiles);
    expect(profiles).toEqual([["fanout"], ["fanout"]]);
  });

  test("the migration is a verb of the operator's image", () => {
    expect(services.migrate.build).toEqual(services.operator.build);
    expect(services.migrate.command).toEqual(["migrate"]);
  });

  test.each(processes)("what is passed on to $name comes from the same name", async ({ name }) => {
    const passedOn = Object.entries(services[name].environment)
      .filter(([, value]) => value === "")
      .map(([variable]) => [variable, `of ${variable}`]);
    expect(passedOn.length).toBeGreaterThan(5);
    const outside = await readCompose(Object.fromEntries(passedOn));
    expect(outside.services[name].environment).toMatchObject(Object.fromEntries(passedOn));
  });

  test("without any setting identity headers are trusted, so ports are open to this machine only", () => {
    expect(edge.AUTH_MODE).toBe("dev");
    const published = Object.values(services).flatMap(({ ports }) => ports);
    expect(published).toHaveLength(8);
    for (const port of published) expect(port).toStartWith("127.0.0.1:");
  });

  test("an edge in production trusts no identity header, and starts with sign-in providers", async () => {
    const given = async (outside: Record<string, string>) =>
      (await readCompose({ NODE_ENV: "production", ...outside })).services.edge.environment;
    const dev = await given({});
    expect(() => loadConfig(EdgeConfig, dev)).toThrow(/^ {2}AUTH_MODE: .*production/m);
    const bare = await given({ AUTH_MODE: "oauth" });
    expect(() => loadConfig(EdgeConfig, bare)).toThrow(/^ {2}AUTH_KEYS: is required/m);
    const keys = { keys: [{ kty: "RSA", kid: "k", n: "A".repeat(342), e: "AQAB", d: "A" }] };
    const whole = await given({
      AUTH_MODE: "oauth",
      AUTH_KEYS: JSON.stringify(keys),
      PUBLIC_URL: "https://api.eco2.test",
      CORS_ORIGINS: "https://app.eco2.test",
      GOOGLE_CLIENT_ID: "id",
      GOOGLE_CLIENT_SECRET: "secret",
      TRUSTED_PROXY_HOPS: "1",
    });
    expect(loadConfig(EdgeConfig, whole)).toMatchObject({
      AUTH_MODE: "oauth",
      AUTH_KEYS: keys,
      TRUSTED_PROXY_HOPS: 1,
    });
  });

  test("no limit of open files holds back requests or connections", () => {
    for (const { ulimits } of [services.edge, services.worker]) {
      expect(ulimits?.nofile).toBeGreaterThanOrEqual(65_536);
    }
  });
});

describe("addresses", () => {
  const secrets = {
    POSTGRES_PASSWORD: "p-secret",
    REDIS_PASSWORD: "r-secret",
    RABBITMQ_PASSWORD: "q-secret",
  };

  test.each([{}, secrets])(
    "the URLs name the services and the accounts they have: %o",
    async (given) => {
      const changed = (await readCompose(given)).services;
      const { postgres, redis, rabbitmq } = changed;
      const password = redis.command?.[redis.command.indexOf("--requirepass") + 1];
      const { POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB } = postgres.environment;
      const { RABBITMQ_DEFAULT_USER, RABBITMQ_DEFAULT_PASS } = rabbitmq.environment;
      const expected = {
        DATABASE_URL: `postgres://${POSTGRES_USER}:${POSTGRES_PASSWORD}@postgres:5432/${POSTGRES_DB}`,
        REDIS_URL: `redis://:${password}@redis:6379/0`,
        AMQP_URL: `amqp://${RABBITMQ_DEFAULT_USER}:${RABBITMQ_DEFAULT_PASS}@rabbitmq:5672/eco2`,
      };
      expect(changed.edge.environment).toMatchObject(expected);
      expect(changed.worker.environment).toMatchObject(expected);
      expect(redis.environment.REDISCLI_AUTH).toBe(password);
      for (const secret of Object.values<string>(given)) {
        expect(Object.values(expected).join()).toContain(secret);
      }
    },
  );

  test("the broker has the vhost of the topology, and no guest", () => {
    const { RABBITMQ_DEFAULT_USER, RABBITMQ_DEFAULT_VHOST } = services.rabbitmq.environment;
    expect(RABBITMQ_DEFAULT_VHOST).toBe("eco2");
    expect(RABBITMQ_DEFAULT_USER).not.toBe("guest");
  });

  test("the local bring-up reads the same accounts and vhost from this file", () => {
    const config = JSON.stringify({ services });
    const urls = backing.map((name) => urlFromCompose(name, 1, config));
    const { DATABASE_URL = "", REDIS_URL = "", AMQP_URL = "" } = services.edge.environment;
    const here = (url: string) => url.replace(/@\w+:\d+\//, "@127.0.0.1:1/");
    expect(urls).toEqual([DATABASE_URL, REDIS_URL, AMQP_URL].map(here));
  });

  test("the local bring-up finds each backing service on the port it asks for", () => {
    const containerPorts = backing.map((name) => services[name].ports[0]?.split(":").at(-1));
    expect(containerPorts).toEqual(["5432", "6379", "5672"]);
  });

  test("unset, the ports are those of the code", () => {
    const port = v.parse(settings.PORT, undefined);
    expect(edge.PORT).toBe(port);
    expect(services.pod.ports).toEqual([`127.0.0.1:${port}:${port}`]);
  });

  test.each(["8080", "9123"])(
    "with port %s a photo has one URL, for client and worker",
    async (PORT) => {
      const { pod, ...changed } = (await readCompose({ PORT })).services;
      const edgeConfig = loadConfig(EdgeConfig, changed.edge.environment);
      const workerConfig = loadConfig(WorkerConfig, changed.worker.environment);
      const origin = publicOrigin(edgeConfig);
      expect(origin).toBe(`http://127.0.0.1:${PORT}`);
      // On the host the pod publishes it, in the pod edge listens there, and the worker may fetch from it.
      expect(pod.ports).toEqual([`127.0.0.1:${PORT}:${PORT}`]);
      expect(edgeConfig.HOST).toBe("0.0.0.0");
      expect(String(edgeConfig.PORT)).toBe(PORT);
      expect([changed.edge.network_mode, changed.worker.network_mode]).toEqual([
        "service:pod",
        "service:pod",
      ]);
      expect(allowedImageHosts(workerConfig)).toContain(origin);
      expect(changed.edge.healthcheck?.test.at(-1)).toBe(`${origin}/readyz`);
    },
  );

  test("health checks ask each process for readiness, on its own port and a route that is served", async () => {
    const health = createHealthApp({}, () => false);
    const asked = [
      { url: services.edge.healthcheck?.test.at(-1), port: edge.PORT },
      { url: services.worker.healthcheck?.test.at(-1), port: worker.HEALTH_PORT },
    ];
    for (const { url = "", port } of asked) {
      expect(new URL(url)).toMatchObject({ port: String(port), pathname: "/readyz" });
      expect((await health.request(new URL(url).pathname)).status).toBe(200);
    }
    const ports = [edge.PORT, edge.METRICS_PORT, worker.HEALTH_PORT, worker.METRICS_PORT];
    expect(new Set(ports).size).toBe(ports.length);
  });

  test("Prometheus asks where processes and broker serve their metrics, and Grafana asks Prometheus", async () => {
    const yaml = async (path: string) =>
      Bun.file(new URL(`observe/${path}`, import.meta.url)).text();
    const asked = [...(await yaml("prometheus.yaml")).matchAll(/"([a-z]+):(\d+)"/g)].map(
      ([, host, port]) => `${host}:${port}`,
    );
    const own = [edge, worker].map(({ METRICS_PORT }) => `pod:${METRICS_PORT}`);
    expect(asked.sort()).toEqual(["alertmanager:9093", ...own, "rabbitmq:15692"]);
    for (const { HOST } of [edge, worker]) expect(HOST).toBe("0.0.0.0");
    const { prometheus, alertmanager, grafana, jaeger } = services;
    const shown = await yaml("grafana/datasources.yaml");
    for (const [name, { ports }] of Object.entries({ prometheus, jaeger }))
      expect(shown).toContain(`http://${name}:${ports[0]?.split(":").at(-1)}`);
    const observers = [prometheus, alertmanager, grafana, jaeger];
    for (const { profiles } of observers) expect(profiles).toEqual(["observe"]);
    const mounted = observers
      .flatMap(({ volumes }) => volumes)
      .map((one) => one.split(":")[0] ?? "");
    for (const path of mounted.filter((one) => one.startsWith("./")))
      expect([path, existsSync(new URL(`../${path}`, import.meta.url))]).toEqual([path, true]);
  });

  test("photos lie in a volume, where edge looks for them", () => {
    expect(services.edge.volumes).toEqual([`photos:${edge.IMAGE_DIR}`]);
  });
});

describe("life", () => {
  const conditionOf = (name: keyof typeof services, on: string) =>
    services[name].depends_on[on]?.condition;

  test("edge and worker start on a migrated database and on a broker and a Redis that answer", () => {
    expect(conditionOf("migrate", "postgres")).toBe("service_healthy");
    for (const name of ["edge", "worker"] as const) {
      expect(conditionOf(name, "migrate")).toBe("service_completed_successfully");
      expect(conditionOf(name, "redis")).toBe("service_healthy");
      expect(conditionOf(name, "rabbitmq")).toBe("service_healthy");
    }
  });

  test("what others wait for to be healthy has a health check", () => {
    const waitedFor = Object.values(services)
      .flatMap(({ depends_on }) => Object.entries(depends_on))
      .filter(([, { condition }]) => condition === "service_healthy")
      .map(([name]) => name);
    expect([...new Set(waitedFor)].toSorted()).toEqual(backing.toSorted());
    for (const name of backing) expect(services[name].healthcheck?.test.length).toBeGreaterThan(1);
  });

  test("a process has longer to stop than it takes by itself", () => {
    const graceMs = (name: "edge" | "worker") =>
      Number.parseInt(services[name].stop_grace_period ?? "", 10) * 1_000;
    expect(graceMs("edge")).toBeGreaterThan(stopDeadlineDefaultMs);
    expect(graceMs("worker")).toBeGreaterThan(stopDeadlineMs);
  });

  test("what runs is started again when it ends, and what runs once is not", () => {
    const { migrate, operator, ...others } = services;
    expect([migrate.restart, operator.restart]).toEqual(["no", "no"]);
    expect([migrate.profiles, operator.profiles]).toEqual([[], ["tools"]]);
    for (const { restart } of Object.values(others)) expect(restart).toBe("unless-stopped");
  });

  test("Redis writes down what it accepted and forgets nothing to make room", () => {
    const command = services.redis.command ?? [];
    const option = (name: string) => command[command.indexOf(`--${name}`) + 1];
    expect(option("appendonly")).toBe("yes");
    expect(option("maxmemory-policy")).toBe("noeviction");
  });

  test("Redis has room for an hour of finished scans at the rate the README shows for 2,500 users", async () => {
    const readme = await Bun.file(new URL("../README.md", import.meta.url)).text();
    const perMinute = Number(/([\d,]+) scans\/min/.exec(readme)?.[1]?.replace(",", ""));
    const command = services.redis.command ?? [];
    const gb = (size = "") => Number(/^(\d+)gb?$/.exec(size)?.[1]) * 1_024 ** 3;
    const maxBytes = gb(command[command.indexOf("--maxmemory") + 1]);
    // New scans are refused from nine tenths on.
    expect(0.9 * maxBytes).toBeGreaterThan(perMinute * 60 * scanBytesMax);
    expect(gb(services.redis.mem_limit)).toBeGreaterThanOrEqual(2 * maxBytes);
  });

  test("the data of every backing service outlives its container", () => {
    for (const name of backing) expect(services[name].volumes[0]).toStartWith(`${name}:/`);
  });
});

describe("confinement", () => {
  test.each(Object.entries(services))(
    "%s has no privilege, and memory of its own",
    (_, service) => {
      expect(service.cap_drop).toEqual(["ALL"]);
      expect(service.security_opt).toEqual(["no-new-privileges:true"]);
      expect(service.mem_limit).toMatch(/^\d+[mg]$/);
      // What is built here says whom it runs as in its Dockerfile.
      if (!service.build) expect(service.user).not.toMatch(/^(undefined|0.*|root.*)$/);
    },
  );

  test("only RabbitMQ writes into its container", () => {
    const writable = Object.entries(services).filter(([, { read_only }]) => !read_only);
    expect(writable.map(([name]) => name)).toEqual(["rabbitmq"]);
  });
});

import { describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { MUTANTS } from "../mutants.ts";
import { caughtInCluster, clusterScenarios } from "./cluster-scenarios.ts";
import { frontConfiguration, withoutCertificates } from "./front.ts";
import { createNetwork, type Machine, whyNoNetwork } from "./machines.ts";
import type { ClusterPlan } from "./plan.ts";
import { postgresConfiguration } from "./postgres-nodes.ts";
import { rabbitmqConfiguration } from "./rabbitmq-nodes.ts";
import { redisFiles } from "./redis-nodes.ts";

const plan: ClusterPlan = {
  front: "198.18.0.10",
  nodes: ["one", "two", "three"].map((name, i) => ({ name, address: `198.18.0.${11 + i}` })),
  password: "secret",
  folder: "/var/tmp/cluster",
};

describe("the front", () => {
  const config = frontConfiguration(plan, redisFiles()["haproxy.cfg"] ?? "");
  const sections = new Map(
    config.split(/^(?=\w)/m).map((text) => [text.split("\n")[0], text] as const),
  );

  test("leads to every node of each store, and to the edges", () => {
    for (const [section, port] of [
      ["backend primary", 6379],
      ["listen postgres", 5432],
      ["listen rabbitmq", 5672],
      ["listen sentinel", 26_379],
      ["listen edge", 8080],
    ] as const) {
      const servers = [...(sections.get(section)?.matchAll(/^ {2}server \w+ (\S+)/gm) ?? [])];
      expect(servers.map(([, address]) => address)).toEqual(
        plan.nodes.map(({ address }) => `${address}:${port}`),
      );
    }
  });

  test("asks Redis what the manifests ask it", () => {
    const primary = sections.get("backend primary");
    expect(primary).toContain("expect rstring 'role:master");
    expect(primary).toContain("on-marked-down shutdown-sessions");
  });

  test("asks PostgreSQL whether it takes writes", () => {
    const sent = [...(sections.get("listen postgres")?.matchAll(/send-binary (\w+)/g) ?? [])];
    const [startup = "", query = ""] = sent.map(([, hex = ""]) =>
      Buffer.from(hex, "hex").toString("latin1"),
    );
    expect(Buffer.from(startup, "latin1").readInt32BE()).toBe(startup.length);
    expect(query).toStartWith("Q");
    expect(Buffer.from(query, "latin1").readInt32BE(1)).toBe(query.length - 1);
    expect(query).toContain("show transaction_read_only");
  });
});

test("of the manifests' files for Redis only the certificates and the names are left out", () => {
  for (const [name, text] of Object.entries(redisFiles())) {
    const plain = withoutCertificates(text);
    expect(plain).not.toMatch(/tls|ssl|\/ca\.crt|svc\.cluster|resolvers/);
    if (name === "redis.conf") expect(plain).toMatch(/^port 6379\nappendonly yes\n/);
    if (name === "sentinel.conf") expect(plain).toMatch(/^port 26379$/m);
    if (name === "sentinel.sh") expect(plain).toBe(text);
  }
});

test("RabbitMQ's nodes know each other, and the smaller part of a partition stops", () => {
  const config = rabbitmqConfiguration(plan, "/data");
  for (const { address } of plan.nodes) expect(config).toContain(` = rabbit@${address}\n`);
  expect(config).toContain("cluster_partition_handling = pause_minority\n");
  expect(config).toContain("queue_leader_locator = balanced\n");
});

test("a commit waits for one standby, and standbys follow the front", () => {
  const config = postgresConfiguration(plan, "one");
  expect(config).toContain("synchronous_standby_names = 'ANY 1 (*)'\n");
  expect(config).toContain("primary_conninfo = 'host=198.18.0.10 port=5432 user=postgres'\n");
});

test("a mutant that a scenario of the cluster has to find is one, and so is the scenario", () => {
  for (const [mutant, scenario] of Object.entries(caughtInCluster)) {
    expect(MUTANTS.map(({ name }) => name)).toContain(mutant);
    expect(clusterScenarios.map(({ name }) => name)).toContain(scenario);
  }
});

test.skipIf(whyNoNetwork() !== undefined)(
  "of a network that is removed nothing is left, nor of what is started again when it ends",
  async () => {
    const id = crypto.randomUUID().slice(0, 6);
    const network = createNetwork(id, ["one", "two"]);
    try {
      const { machines } = await network.create();
      const keepUp = async (machine: Machine): Promise<number> => {
        const child = machine.spawn(["sleep", "600"], { cwd: "/", logFile: "/dev/null" });
        return (await child.exited) && machine.isThere() ? keepUp(machine) : 0;
      };
      const kept = machines.map(keepUp);
      await network.remove();
      await Promise.all(kept);
      for (const machine of machines) expect(machine.enter).toThrow("has been removed");
    } finally {
      await network.remove();
    }
    for (const folder of ["/run/netns", "/sys/class/net"]) {
      expect(readdirSync(folder).filter((name) => name.includes(id))).toEqual([]);
    }
  },
  30_000,
);

import { expect, test } from "bun:test";
import { urlFromCompose } from "./compose.ts";

const config = JSON.stringify({
  services: {
    postgres: {
      environment: { POSTGRES_USER: "eco2", POSTGRES_PASSWORD: "p@ss/w", POSTGRES_DB: "eco2" },
      command: null,
    },
    redis: { command: ["redis-server", "--appendonly", "yes", "--requirepass", "s:cret"] },
    rabbitmq: {
      environment: {
        RABBITMQ_DEFAULT_USER: "eco2",
        RABBITMQ_DEFAULT_PASS: "pw",
        RABBITMQ_DEFAULT_VHOST: "eco2",
      },
    },
  },
});

test("credentials are read where the official images take them, and escaped", () => {
  expect(urlFromCompose("postgres", 1, config)).toBe("postgres://eco2:p%40ss%2Fw@127.0.0.1:1/eco2");
  expect(urlFromCompose("redis", 2, config)).toBe("redis://:s%3Acret@127.0.0.1:2/0");
  expect(urlFromCompose("rabbitmq", 3, config)).toBe("amqp://eco2:pw@127.0.0.1:3/eco2");
});

test("a Redis without a password has none in its URL", () => {
  const open = JSON.stringify({ services: { redis: {} } });
  expect(urlFromCompose("redis", 2, open)).toBe("redis://127.0.0.1:2/0");
});

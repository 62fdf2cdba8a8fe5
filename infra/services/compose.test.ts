import { expect, test } from "bun:test";
import { readCompose } from "../images/compose-file.ts";
import { urlFromCompose } from "./compose.ts";

test("a service is reached at its published port, with the credentials our containers use", async () => {
  const passwords = { POSTGRES_PASSWORD: "pw", REDIS_PASSWORD: "s%3Acret" };
  const config = JSON.stringify(await readCompose(passwords));
  expect(urlFromCompose("postgres", 1, config)).toBe("postgres://eco2:pw@127.0.0.1:1/eco2");
  expect(urlFromCompose("redis", 2, config)).toBe("redis://:s%3Acret@127.0.0.1:2/0");
  expect(urlFromCompose("rabbitmq", 3, config)).toBe("amqp://eco2:eco2-local@127.0.0.1:3/eco2");
});

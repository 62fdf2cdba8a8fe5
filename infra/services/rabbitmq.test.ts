import { expect, test } from "bun:test";
import { hashPassword } from "./rabbitmq.ts";

// The example of RabbitMQ's own documentation ("Computing the password hash").
test("a password is hashed as RabbitMQ reads it", () => {
  expect(hashPassword("test12", Buffer.from("908DC60A", "hex"))).toBe(
    "kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR",
  );
});

import { expect, test } from "bun:test";
import { databaseCall } from "./database-call.ts";

const failing = (code: string) => () =>
  Promise.reject(new Error("Failed query", { cause: Object.assign(new Error("no"), { code }) }));

test.each([
  ["53300", "has no connection left"],
  ["42501", "has taken a right from the account"],
  ["28P01", "was given another password"],
  ["3D000", "is renamed for the moment"],
  ["55P03", "does not give a lock"],
  ["40P01", "ended a deadlock"],
  ["25P03", "ended an idle transaction"],
  ["XX000", "has a defect, or a pooler before it"],
])("%s: a server that %s says nothing about who asked", async (code) => {
  await expect(databaseCall(failing(code))).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

test.each(["22P02", "23505", "23503", "42601", "42P01", "P0001"])(
  "%s is ours, and stays what it is",
  async (code) => {
    await expect(databaseCall(failing(code))).rejects.toThrow("Failed query");
  },
);

import { expect, test } from "bun:test";
import { jsonCandidates } from "./json-candidates.ts";

const first = (reply: string) => jsonCandidates(reply).next().value;
const all = (reply: string) => jsonCandidates(reply).toArray();

test.each<[string, string, object]>([
  ["plain", '{"a":1}', { a: 1 }],
  ["in prose", 'see {"a":1} or {"b":2}', { a: 1 }],
  ["fenced", '```json\n{"a":"`"}\n```', { a: "`" }],
  ["with a brace in a string", 'so {"a":"}{"} it is', { a: "}{" }],
  ["in a string", String.raw`"{\"a\":{\"b\":\"\\\"\"}}"`, { a: { b: '"' } }],
  ["in a string in prose", String.raw`here: "{\"a\":1}"`, { a: 1 }],
  ["after a thought", '<think>{"a":0}</think>{"a":1}', { a: 1 }],
  ["after a thought without a beginning", '{"a":0}</thinking>{"a":1}', { a: 1 }],
  ["last in a thought without an end", '<think>{"a":0} no: {"a":1}', { a: 1 }],
  ["last in a thought that is all", '<think>{"a":0} no: {"a":1}</think>', { a: 1 }],
  ["before a thought", '{"a":1}<think>fine</think>', { a: 1 }],
  ["without its last brace", '{"a":{"b":1}', { a: { b: 1 } }],
  ["with single quotes and None", "{'a': None}", { a: null }],
  ["with quotes in a text", '{"a":"이 "병"은"}', { a: '이 "병"은' }],
  ["over lines", '{"a":"x\ny"}', { a: "x\ny" }],
])("an object %s is found first", (_, reply, expected) => {
  expect(first(reply)).toEqual(expected);
});

test("what an object wraps comes after it, the outer first", () => {
  expect(all('[{"a":{"b":{"c":1}},"d":"{\\"e\\":1}"}]')).toEqual([
    { a: { b: { c: 1 } }, d: '{"e":1}' },
    { b: { c: 1 } },
    { c: 1 },
    { e: 1 },
  ]);
});

test("a text that ends inside a string is not mended", () => {
  expect(all('{"answer":"라벨을 떼고')).toEqual([]);
});

test.each(["분리배출!", "", "{", '"', "null", "[[[[[[[[{}]]]]]]]]"])("%p has none", (reply) => {
  expect(all(reply).filter((candidate) => Object.keys(candidate).length > 0)).toEqual([]);
});

test("a reply of braces alone is given up after a bounded search", () => {
  for (const piece of ["{", '{"a":', '{"a":{}', "<think>", '{"\\"']) {
    expect(all(piece.repeat(100_000)).length).toBeLessThan(1_000);
  }
});

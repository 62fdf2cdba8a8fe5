import type * as v from "valibot";

/**
 * Makes arrays of the values of an object schema, without the names of its members: in the order of the schema, and
 * its own objects likewise. What is absent is null.
 */
export function rowMaker(schema: v.GenericSchema): (value: unknown) => unknown {
  const inner = unwrap(schema);
  if (!isObjectSchema(inner)) return (value) => value ?? null;
  const members = Object.entries(inner.entries).map(
    ([name, member]) => [name, rowMaker(member)] as const,
  );
  return (value) => {
    if (typeof value !== "object" || value === null) return null;
    return members.map(([name, toRow]) => toRow(Reflect.get(value, name)));
  };
}

/** The value that a row was made of; to be parsed with the schema. */
export function fromRow(schema: v.GenericSchema, row: unknown): unknown {
  const inner = unwrap(schema);
  if (!isObjectSchema(inner) || !Array.isArray(row)) return row;
  const members = Object.entries(inner.entries).map(([name, member], i) => {
    const value: unknown = fromRow(member, row[i]);
    return [name, value === null && member.type === "optional" ? undefined : value];
  });
  return Object.fromEntries(members);
}

/** Of a schema's object and all objects in it, in the order of a row. */
export function memberNames(schema: v.GenericSchema): string[] {
  const inner = unwrap(schema);
  if (!isObjectSchema(inner)) return [];
  return Object.entries(inner.entries).flatMap(([name, member]) => [name, ...memberNames(member)]);
}

type Wrapping = v.GenericSchema & { readonly wrapped: v.GenericSchema };
type ObjectSchema = v.GenericSchema & { readonly entries: Record<string, v.GenericSchema> };

function unwrap(schema: v.GenericSchema): v.GenericSchema {
  return isWrapping(schema) ? schema.wrapped : schema;
}

/** Optional, nullable and the like. */
function isWrapping(schema: v.GenericSchema): schema is Wrapping {
  return "wrapped" in schema;
}

function isObjectSchema(schema: v.GenericSchema): schema is ObjectSchema {
  return schema.type === "object";
}

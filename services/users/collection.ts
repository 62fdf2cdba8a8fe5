import * as v from "valibot";
import { characterImagePath } from "#lib/contract/character.ts";
import { named } from "#lib/contract/named.ts";

/** A character a user has, as the catalogue describes it today. */
export interface OwnedCharacter {
  readonly code: string;
  readonly name: string;
  readonly dialog: string;
  readonly matchLabel: string | null;
  readonly acquiredAt: Date;
}

export const Collection = named(
  "Collection",
  v.object({
    characters: v.array(
      v.object({
        code: v.string(),
        name: v.string(),
        dialog: v.string(),
        /** The recyclable material it is earned by; null for one everybody gets. */
        material: v.nullable(v.string()),
        /** From the API's origin. */
        image_url: v.string(),
        /** ISO 8601, UTC. */
        acquired_at: v.string(),
      }),
    ),
  }),
  {
    characters: [
      {
        code: "char-eco",
        name: "이코",
        dialog: "안녕! 나는 이코야.",
        material: null,
        image_url: "/api/v1/character/images/char-eco.svg",
        acquired_at: "2026-01-01T00:00:00.000Z",
      },
    ],
  },
);
export type Collection = v.InferOutput<typeof Collection>;

export const Ownership = named(
  "Ownership",
  v.object({
    owned: v.boolean(),
    /** ISO 8601, UTC. */
    acquired_at: v.nullable(v.string()),
  }),
  { owned: true, acquired_at: "2026-01-01T00:00:00.000Z" },
);
export type Ownership = v.InferOutput<typeof Ownership>;

export function toCollection(owned: readonly OwnedCharacter[]): Collection {
  return {
    characters: owned.map(({ code, name, dialog, matchLabel, acquiredAt }) => ({
      code,
      name,
      dialog,
      material: matchLabel,
      image_url: characterImagePath(code),
      acquired_at: acquiredAt.toISOString(),
    })),
  };
}

export function toOwnership(acquiredAt: Date | null): Ownership {
  return { owned: acquiredAt !== null, acquired_at: acquiredAt?.toISOString() ?? null };
}

import type { Middle } from "./vocabulary.ts";

/** A collectable character. `matchLabel` is the material that earns it; null is never matched. */
export interface Character {
  readonly code: string;
  readonly name: string;
  readonly matchLabel: string | null;
  /** What it says when it is earned. Korean, shown to the user. */
  readonly dialog: string;
  /** Granted to everyone, never matched. */
  readonly isDefault: boolean;
}

/** Where its drawing is, from the API's origin; every character in the catalogue has one. */
export function characterImagePath(code: string): string {
  return `/api/v1/character/images/${code}.svg`;
}

/** Codes and names the catalogue is seeded with; the material of each is a recyclable middle. */
export interface SeedCharacter extends Character {
  readonly matchLabel: Middle | null;
}

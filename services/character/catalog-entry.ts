import * as v from "valibot";
import { type Character, characterImagePath } from "#lib/contract/character.ts";
import { named } from "#lib/contract/named.ts";
import { optionalField } from "#lib/contract/optional-field.ts";
import { plainText } from "#lib/contract/plain-text.ts";
import { MIDDLES } from "#lib/contract/vocabulary.ts";
import { Fault } from "#lib/error/fault.ts";

/**
 * A character of the catalogue. Administrators add, change and delete it; users earn it by a scan of its
 * material, its match label. One without a label is not earned any more, but stays with whoever has it.
 * Exactly one is the default: everybody gets it with their account, and no material earns it.
 */
const codeCharsMax = 64;
const nameCharsMax = 30;
const dialogCharsMax = 300;

export const Code = v.pipe(
  v.string(),
  v.maxLength(codeCharsMax),
  v.regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/),
);
const fields = {
  name: plainText(nameCharsMax),
  /** Only what a scan can find. */
  match_label: v.nullable(v.picklist(MIDDLES)),
  dialog: plainText(dialogCharsMax),
  is_default: v.boolean(),
};

export const NewCharacter = named(
  "NewCharacter",
  v.object({
    code: Code,
    ...fields,
    match_label: v.optional(fields.match_label, null),
    is_default: v.nullish(fields.is_default, false),
  }),
);
export type NewCharacter = v.InferOutput<typeof NewCharacter>;

/** What is left out stays; of a material, null clears. */
export const CharacterPatch = named(
  "CharacterPatch",
  v.object({
    name: optionalField(fields.name),
    match_label: v.optional(fields.match_label),
    dialog: optionalField(fields.dialog),
    is_default: optionalField(fields.is_default),
  }),
);
export type CharacterPatch = v.InferOutput<typeof CharacterPatch>;

export const CatalogEntry = named(
  "Character",
  v.object({
    code: v.string(),
    name: v.string(),
    /** The recyclable material that earns it. */
    match_label: v.nullable(v.string()),
    dialog: v.string(),
    is_default: v.boolean(),
    /** From the API's origin. */
    image_url: v.string(),
  }),
);
export type CatalogEntry = v.InferOutput<typeof CatalogEntry>;

export const CatalogPage = named("Catalog", v.object({ characters: v.array(CatalogEntry) }));

export interface Drawing {
  readonly svg: string;
  /** False for the one that stands in where there is none. */
  readonly isOwn: boolean;
}

export function toEntry({ code, name, matchLabel, dialog, isDefault }: Character): CatalogEntry {
  return {
    code,
    name,
    match_label: matchLabel,
    dialog,
    is_default: isDefault,
    image_url: characterImagePath(code),
  };
}

export function toCharacter(added: NewCharacter): Character {
  const { code, name, match_label: matchLabel, dialog, is_default: isDefault } = added;
  return checked({ code, name, matchLabel, dialog, isDefault });
}

/** @throws Fault `DEFAULT_CHARACTER_FIXED` when there would be no default, or one that is earned. */
export function patched(current: Character, patch: CharacterPatch): Character {
  const next = {
    code: current.code,
    name: patch.name ?? current.name,
    matchLabel: patch.match_label === undefined ? current.matchLabel : patch.match_label,
    dialog: patch.dialog ?? current.dialog,
    isDefault: patch.is_default ?? current.isDefault,
  };
  if (current.isDefault && !next.isDefault) throw new Fault("DEFAULT_CHARACTER_FIXED");
  return checked(next);
}

/** That there is no second default is for the database: only it sees both. */
function checked(character: Character): Character {
  if (character.isDefault && character.matchLabel !== null) {
    throw new Fault("DEFAULT_CHARACTER_FIXED");
  }
  return character;
}

import type { Character } from "#lib/contract/character.ts";
import type { CatalogChange } from "#lib/contract/character-message.ts";
import { type CharacterPatch, type NewCharacter, patched, toCharacter } from "./catalog-entry.ts";

export interface ChangeCatalogDeps {
  /** Each resolves after the commit, and rejects with the fault of the rule that would be broken. */
  readonly store: {
    /** @throws Fault `CHARACTER_EXISTS`, `CHARACTER_NAME_TAKEN`, `MATCH_LABEL_TAKEN`, `DEFAULT_CHARACTER_FIXED`. */
    add(character: Character): Promise<void>;
    /**
     * `change` gets the current character, which stays locked until the commit.
     *
     * @throws Fault those of `add`, `CHARACTER_NOT_FOUND`, and what `change` throws.
     */
    change(code: string, change: (current: Character) => Character): Promise<Character>;
    /** @throws Fault `CHARACTER_NOT_FOUND`, `DEFAULT_CHARACTER_FIXED`, `CHARACTER_OWNED`. */
    remove(code: string): Promise<void>;
  };
  /** Applies the change in this process at once, so that whoever made it reads it. */
  apply(change: CatalogChange): Promise<void>;
  /** Publishes the change to all processes. May fail: they reread everything soon (`follow-catalog.ts`). */
  broadcast(change: CatalogChange): Promise<void>;
  onBroadcastFailed(error: unknown): void;
}

export async function addCharacter(
  deps: ChangeCatalogDeps,
  added: NewCharacter,
): Promise<Character> {
  const character = toCharacter(added);
  await deps.store.add(character);
  await announce(deps, upsert(character));
  return character;
}

export async function changeCharacter(
  deps: ChangeCatalogDeps,
  code: string,
  patch: CharacterPatch,
): Promise<Character> {
  const character = await deps.store.change(code, (current) => patched(current, patch));
  await announce(deps, upsert(character));
  return character;
}

export async function removeCharacter(deps: ChangeCatalogDeps, code: string): Promise<void> {
  await deps.store.remove(code);
  await announce(deps, { action: "delete", code });
}

/** The change is committed: a failed broadcast must not look like a failed change. */
async function announce(deps: ChangeCatalogDeps, change: CatalogChange): Promise<void> {
  await deps.apply(change);
  await deps.broadcast(change).catch(deps.onBroadcastFailed);
}

function upsert(character: Character): CatalogChange {
  const { code, name, matchLabel: match_label, dialog, isDefault: is_default } = character;
  return { action: "upsert", character: { code, name, match_label, dialog, is_default } };
}

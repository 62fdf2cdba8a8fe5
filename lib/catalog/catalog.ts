import type { Character } from "#lib/contract/character.ts";
import type { CatalogChange } from "#lib/contract/character-message.ts";

/**
 * The character catalogue in memory, kept fresh by `followCatalog`. A change names what changed;
 * `full_refresh`, and every reconnect, reads everything again, since a change may have been missed
 * meanwhile.
 */
export class Catalog {
  readonly #load: () => Promise<readonly Character[]>;
  #byCode = new Map<string, Character>();
  /** Serialises changes: a refresh in progress would overwrite a change applied meanwhile. */
  #lastChange: Promise<void> = Promise.resolve();

  constructor(load: () => Promise<readonly Character[]>) {
    this.#load = load;
  }

  get size(): number {
    return this.#byCode.size;
  }

  find(code: string): Character | undefined {
    return this.#byCode.get(code);
  }

  /** By code, which never changes: the order in which every process shows them. */
  list(): Character[] {
    return [...this.#byCode.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
  }

  findByLabel(label: string): Character | undefined {
    for (const character of this.#byCode.values()) {
      if (character.matchLabel === label && !character.isDefault) return character;
    }
    return undefined;
  }

  /** Rejects, and keeps the old content, when the catalogue cannot be read. */
  refresh(): Promise<void> {
    return this.#inTurn(async () => {
      const characters = await this.#load();
      this.#byCode = new Map(characters.map((character) => [character.code, character]));
    });
  }

  apply(change: CatalogChange): Promise<void> {
    switch (change.action) {
      case "full_refresh":
        return this.refresh();
      case "delete":
        return this.#inTurn(() => void this.#byCode.delete(change.code));
      case "upsert": {
        const { match_label: matchLabel, is_default: isDefault, ...rest } = change.character;
        return this.#inTurn(
          () => void this.#byCode.set(rest.code, { ...rest, matchLabel, isDefault }),
        );
      }
    }
  }

  #inTurn(work: () => Promise<void> | void): Promise<void> {
    const turn = this.#lastChange.then(work);
    this.#lastChange = turn.catch(() => undefined);
    return turn;
  }
}

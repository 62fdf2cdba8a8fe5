import type { Character } from "#lib/contract/character.ts";
import type { CatalogChange } from "#lib/contract/scan-message.ts";

/**
 * The character catalogue in memory, kept fresh by the `character.cache` fanout. A change names what
 * changed; `full_refresh`, and every reconnect, reads everything again, since a change may have been
 * missed meanwhile.
 */
export class Catalog {
  readonly #load: () => Promise<readonly Character[]>;
  #byCode = new Map<string, Character>();

  constructor(load: () => Promise<readonly Character[]>) {
    this.#load = load;
  }

  get size(): number {
    return this.#byCode.size;
  }

  findByLabel(label: string): Character | undefined {
    for (const character of this.#byCode.values()) {
      if (character.matchLabel === label && !character.isDefault) return character;
    }
    return undefined;
  }

  async refresh(): Promise<void> {
    const characters = await this.#load();
    this.#byCode = new Map(characters.map((character) => [character.code, character]));
  }

  async apply(change: CatalogChange): Promise<void> {
    switch (change.action) {
      case "full_refresh":
        await this.refresh();
        return;
      case "delete":
        this.#byCode.delete(change.code);
        return;
      case "upsert": {
        const { match_label: matchLabel, is_default: isDefault, ...rest } = change.character;
        this.#byCode.set(rest.code, { ...rest, matchLabel, isDefault });
        return;
      }
    }
  }
}

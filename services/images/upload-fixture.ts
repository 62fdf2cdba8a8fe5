import type { UploadOwners } from "./remove-ownerless.ts";

/** Uploads of accounts that are all there, for tests without a database. */
export const everyone = {
  add: async () => undefined,
  confirm: async () => true,
  ownerless: async () => [],
  removed: async () => undefined,
  forget: async () => undefined,
} satisfies UploadOwners & { readonly forget: () => Promise<void> };

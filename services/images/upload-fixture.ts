import type { UploadOwners } from "./remove-ownerless.ts";
import type { SweepUnusedDeps } from "./sweep-unused.ts";

/** Uploads of accounts that are all there, for tests without a database. */
export const everyone = {
  add: async () => undefined,
  confirm: async () => true,
  ownerless: async () => [],
  removed: async () => undefined,
  forget: async () => undefined,
  confirmedScanPhotos: async () => [],
  forgetUnused: async () => undefined,
} satisfies UploadOwners & SweepUnusedDeps["owners"] & { readonly forget: () => Promise<void> };

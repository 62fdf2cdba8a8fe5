import type { Photo } from "../models/model.ts";

/** One kind of object seen in a photo. */
export interface Detection {
  /** Index into `COCO_OBJECTS`. */
  readonly index: number;
  /** 0–1, the best of its kind. */
  readonly score: number;
}

/**
 * Looks for objects in a photo, best score first. `undefined` when the detector is not installed:
 * the caller says so and works from words. Rejects with `MODEL_TIMEOUT`, `MODEL_UNAVAILABLE`,
 * `MODEL_RATE_LIMITED`, `IMAGE_CORRUPT`, `IMAGE_TOO_MANY_PIXELS`, or the signal's reason.
 */
export type Detect = (
  photo: Photo,
  signal: AbortSignal,
) => Promise<readonly Detection[] | undefined>;

/** What the detector's thread says: `ready` once, then one reply a photo. */
export type DetectorReply =
  | { readonly kind: "ready" }
  | { readonly kind: "detections"; readonly detections: readonly Detection[] }
  | { readonly kind: "unreadable"; readonly isTooLarge: boolean; readonly reason: string }
  | { readonly kind: "unavailable"; readonly reason: string };

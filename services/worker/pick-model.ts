import type { Model } from "./model.ts";

/**
 * The model a scan gets: the one it asked for, else the first that is configured, else the embedded
 * one. The result is stamped with the model that really answered.
 */
export function pickModel(configured: ReadonlyMap<string, Model>, local: Model) {
  return function modelFor(name: string): Model {
    if (name === local.name) return local;
    return configured.get(name) ?? configured.values().next().value ?? local;
  };
}

import type { Model } from "./model.ts";
import type { ModelGuard } from "./model-guard.ts";

/** A model and what permits calls to it. */
export interface GuardedModel {
  readonly model: Model;
  readonly guard: Pick<ModelGuard, "withPermit">;
}

export interface ConfiguredModel extends GuardedModel {
  readonly provider: string;
}

/**
 * The fallback order of a scan: the model it named (else the first configured), then those of other
 * providers, then its own provider's, each in configured order.
 *
 * The embedded model is never a fallback: its estimates earn no reward, so a silent fallback to it
 * would cost users their character. It is called when it is named, or when there is no other.
 */
export function selectModels(configured: readonly ConfiguredModel[], local: GuardedModel) {
  return function candidates(name: string): readonly GuardedModel[] {
    const first = configured.find(({ model }) => model.name === name) ?? configured[0];
    if (name === local.model.name || !first) return [local];
    const fallbacks = configured.filter((one) => one !== first);
    const isOther = ({ provider }: ConfiguredModel) => provider !== first.provider;
    const others = [...fallbacks.filter(isOther), ...fallbacks.filter((one) => !isOther(one))];
    return [first, ...others];
  };
}

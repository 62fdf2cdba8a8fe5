import { ROUTED, routerGroup } from "#lib/fan-out/routed-streams.ts";
import { namespaces } from "../names.ts";
import { type Facts, named, type OverlayFacts, ofKind, settingsOf } from "./facts.ts";
import { differences, type ManifestCheck, row } from "./row.ts";

/** Gateways listen to event routers where there are some, and nowhere else. */
export function fanOutRows({ overlays }: Facts): ManifestCheck[] {
  return overlays.map(fanOutRow);
}

function fanOutRow(overlay: OverlayFacts): ManifestCheck {
  const { name, resources } = overlay;
  const isOn = settingsOf(overlay).EVENTS_SOURCE === "pubsub";
  const scaler = named(resources, "ScaledObject", "event-router");
  const triggers = scaler?.spec.triggers ?? [];
  const auth = new Set(ofKind(resources, "TriggerAuthentication").map((one) => one.metadata?.name));
  const parts = ofKind(resources, "Deployment").filter(({ metadata }) =>
    ["event-router", "pubsub"].includes(metadata?.name ?? ""),
  );
  return row(
    `${name} fan-out`,
    { used: "services/events/config.ts, services/event-router", add: "infra/k8s/overlays.ts" },
    [
      isOn && parts.length < 2 && "gateways listen to routers, or to a Redis, that there are not",
      !isOn && parts.length > 0 && "routers publish to nobody",
      ...(isOn
        ? differences(
            triggers.map(({ metadata }) => metadata.stream ?? ""),
            ROUTED.map(({ stream }) => stream),
          ).map((one) => `scaler of ${one}`)
        : []),
      triggers.some(({ metadata }) => metadata.consumerGroup !== routerGroup) &&
        "the scaler reads another group",
      triggers.some((one) => !auth.has(one.authenticationRef?.name)) && "the scaler may not ask",
      isOn &&
        !named(resources, "Service", "pubsub")?.metadata?.namespace?.includes(namespaces.stores) &&
        "no Service leads to the Redis that is published to",
    ],
    isOn ? `by routers, scaled by the lag of ${ROUTED.length} streams` : "none: each gateway reads",
  );
}

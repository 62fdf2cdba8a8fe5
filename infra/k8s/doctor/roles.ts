import { awsToken, roleAnnotation } from "../names.ts";
import { type Workload, workloadsOf } from "./containers.ts";
import { resolve } from "./environment.ts";
import { type Facts, named, type OverlayFacts } from "./facts.ts";
import { type ManifestCheck, row } from "./row.ts";

/** Who takes a role of AWS: its account has that role, and the pod the token that takes it. */
export function roleRows({ overlays }: Facts): ManifestCheck[] {
  return overlays.flatMap((overlay) =>
    workloadsOf(overlay.resources).flatMap((one) => {
      const role = resolve(overlay, one).variables.AWS_ROLE_ARN;
      return role && one.program && "AWS_ROLE_ARN" in one.program.config.entries
        ? [roleRow(overlay, one, role)]
        : [];
    }),
  );
}

function roleRow(overlay: OverlayFacts, one: Workload, role: string): ManifestCheck {
  const { name, pod, container } = one;
  const account = named(overlay.resources, "ServiceAccount", pod.serviceAccountName ?? "default");
  const annotated = account?.metadata?.annotations?.[roleAnnotation];
  const file = resolve(overlay, one).variables.AWS_WEB_IDENTITY_TOKEN_FILE;
  const tokens = (container.volumeMounts ?? []).flatMap(({ name: volume, mountPath }) => {
    const sources = pod.volumes?.find((its) => its.name === volume)?.projected?.sources ?? [];
    return sources.flatMap(({ serviceAccountToken: token }) =>
      token ? [{ file: `${mountPath}/${token.path}`, audience: token.audience }] : [],
    );
  });
  const token = tokens.find((its) => its.file === file);
  return row(
    `${overlay.name} role of ${name}`,
    {
      used: "services/images/adapters/web-identity.ts",
      add: "infra/k8s/workloads.ts, overlays.ts",
    },
    [
      annotated !== role && `its account has ${annotated ?? "no role"}, and it takes ${role}`,
      !token && `no token lies at ${file}`,
      token && token.audience !== awsToken.audience && "its token is not for AWS",
    ],
    `${role} by the token at ${file}`,
  );
}

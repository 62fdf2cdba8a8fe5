import { namespaces, storeUser } from "./names.ts";
import type { Overlay } from "./overlays.ts";
import { at, make, type Resource } from "./resource.ts";
import { composeImage } from "./versions.ts";

/** A primary and its standbys, with the service `postgres-rw` before whichever is primary. */
export function postgres({ stores }: Overlay): Resource[] {
  const { replicas, storage, memory, connectionsMax } = stores.postgres;
  const [, version = ""] = /:([\d.]+)/.exec(composeImage("postgres")) ?? [];
  return [
    make("Cluster", at(namespaces.stores, "postgres"), {
      spec: {
        instances: replicas,
        imageName: `ghcr.io/cloudnative-pg/postgresql:${version}`,
        storage: { size: storage },
        resources: { requests: { cpu: "500m", memory }, limits: { memory } },
        bootstrap: {
          initdb: {
            database: storeUser,
            owner: storeUser,
            secret: { name: "postgres-user" },
            // As compose makes it: identifiers and codes are compared byte by byte.
            encoding: "UTF8",
            localeCollate: "C",
            localeCType: "C",
          },
        },
        certificates: { serverTLSSecret: "postgres-tls", serverCASecret: "postgres-tls" },
        postgresql: {
          parameters: { max_connections: String(connectionsMax) },
          ...(replicas > 1 ? { synchronous: { method: "any", number: 1 } } : {}),
        },
      },
    }),
  ];
}

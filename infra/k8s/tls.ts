import { namespaces, pubsubHost, STORES, storeHosts, trust } from "./names.ts";
import { at, make, type Resource } from "./resource.ts";

/**
 * A certificate authority of our own for the stores. cert-manager makes and renews what is signed by it. Whoever has to
 * trust it gets a certificate of its own as well, which nothing uses: its secret is how the authority's comes there.
 */
const authority = "eco2-ca";

export function tls(): Resource[] {
  return [
    ...STORES.map((store) => certificate(`${store}-tls`, namespaces.stores, namesOf(store))),
    certificate("pubsub-tls", namespaces.stores, [pubsubHost, `${pubsubHost}.cluster.local`]),
    certificate(trust.secret, namespaces.apps, [trust.secret]),
  ];
}

/** Installed with the operators, of which RabbitMQ's does not start without it. */
export function certificateAuthority(): Resource[] {
  const selfSigned = "eco2-self-signed";
  return [
    make("ClusterIssuer", { name: selfSigned }, { spec: { selfSigned: {} } }),
    make("Certificate", at(namespaces.certManager, authority), {
      spec: {
        isCA: true,
        commonName: authority,
        secretName: authority,
        duration: "87600h",
        privateKey: { algorithm: "ECDSA", size: 256 },
        issuerRef: { kind: "ClusterIssuer", name: selfSigned },
      },
    }),
    make("ClusterIssuer", { name: authority }, { spec: { ca: { secretName: authority } } }),
    certificate(trust.secret, namespaces.rabbitmqOperator, [trust.secret]),
  ];
}

/** By its service, and by each of its nodes, which call one another. */
function namesOf(store: (typeof STORES)[number]): string[] {
  const { stores } = namespaces;
  const nodes = { rabbitmq: "rabbitmq-nodes", redis: "redis-nodes", postgres: "postgres-r" }[store];
  return [storeHosts[store], `${nodes}.${stores}.svc`, `*.${nodes}.${stores}.svc`].flatMap(
    (name) => [name, `${name}.cluster.local`],
  );
}

function certificate(name: string, namespace: string, dnsNames: string[]): Resource {
  return make("Certificate", at(namespace, name), {
    spec: {
      secretName: name,
      dnsNames,
      duration: "2160h",
      renewBefore: "720h",
      privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
      issuerRef: { kind: "ClusterIssuer", name: authority },
    },
  });
}

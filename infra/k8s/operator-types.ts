import type { INamespace } from "kubernetes-models/v1/Namespace";

/**
 * Kinds of operators that publish no types: the fields that are used here, and no other.
 */
export type OwnResource =
  | PostgresCluster
  | Rabbitmq<"RabbitmqCluster", BrokerSpec>
  | Rabbitmq<"Vhost", InCluster & Kept & { name: string; defaultQueueType: "quorum" }>
  | Rabbitmq<"User", InCluster & { tags: "management"[]; importCredentialsSecret: Named }>
  | Rabbitmq<"Permission", InVhost & { user: string; permissions: Permissions }>
  | Rabbitmq<"Exchange", InVhost & Declared & { type: string }>
  | Rabbitmq<"Queue", InVhost & Declared & Kept & { type: "quorum"; arguments: Arguments }>
  | Rabbitmq<"Binding", InVhost & BindingSpec>;

export type Meta = NonNullable<INamespace["metadata"]>;

/** Of the cluster operator and of the messaging topology operator. */
interface Rabbitmq<K extends string, Spec> {
  readonly apiVersion: "rabbitmq.com/v1beta1";
  readonly kind: K;
  readonly metadata: Meta;
  readonly spec: Readonly<Spec>;
}
type Named = { readonly name: string };
type InCluster = { readonly rabbitmqClusterReference: Named };
type InVhost = InCluster & { readonly vhost: string };
type Declared = Named & { readonly durable: boolean };
/** The operator's default deletes what the broker holds together with its resource. */
type Kept = { readonly deletionPolicy: "retain" };
type Permissions = Readonly<Record<"configure" | "write" | "read", string>>;
type Arguments = Readonly<Record<string, string | number>>;
type Sizes = {
  readonly requests: { readonly cpu: string; readonly memory: string };
  readonly limits: { readonly memory: string };
};
type BindingSpec = Readonly<Record<"source" | "destination" | "routingKey", string>> & {
  readonly destinationType: "queue";
};
type BrokerSpec = {
  readonly replicas: number;
  readonly image: string;
  readonly terminationGracePeriodSeconds: number;
  readonly persistence: { readonly storage: string };
  readonly resources: Sizes;
  readonly rabbitmq: { readonly additionalConfig: string };
  readonly tls: { readonly secretName: string; readonly disableNonTLSListeners: boolean };
};

/** CloudNativePG's. */
interface PostgresCluster {
  readonly apiVersion: "postgresql.cnpg.io/v1";
  readonly kind: "Cluster";
  readonly metadata: Meta;
  readonly spec: {
    readonly instances: number;
    readonly imageName: string;
    readonly storage: { readonly size: string };
    readonly resources: Sizes;
    readonly bootstrap: { readonly initdb: InitDb };
    readonly certificates: { readonly serverTLSSecret: string; readonly serverCASecret: string };
    readonly postgresql: {
      readonly parameters: Readonly<Record<string, string>>;
      /** A commit waits for as many standbys: none is lost when the primary is. */
      readonly synchronous?: { readonly method: "any"; readonly number: number };
    };
  };
}
type InitDb = { readonly secret: Named } & Readonly<
  Record<"database" | "owner" | "encoding" | "localeCollate" | "localeCType", string>
>;

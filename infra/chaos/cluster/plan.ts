/** Where everything of a cluster is, and what it proves itself with. */
export interface ClusterPlan {
  /** The address that all three stores and the edges are reached at. */
  readonly front: string;
  readonly nodes: readonly { readonly name: string; readonly address: string }[];
  /** One for all stores. */
  readonly password: string;
  /** Of data and configurations, below which each machine has its own. */
  readonly folder: string;
}

/** What requests to a bucket are signed with. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of credentials that are good for a session: a URL signed with them is good for no longer. */
  readonly sessionToken?: string | undefined;
}

/** Asked before every request: keys that expire are others from time to time. Throws the fault `UNAVAILABLE`. */
export type CredentialSource = () => Promise<Credentials>;

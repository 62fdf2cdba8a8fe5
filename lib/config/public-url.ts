interface PublicConfig {
  readonly PUBLIC_URL?: string | undefined;
  readonly PORT: number;
}

/** The origin under which clients reach the API: as configured, or the process' own port. */
export function publicOrigin(config: PublicConfig): string {
  return new URL(config.PUBLIC_URL ?? `http://127.0.0.1:${config.PORT}`).origin;
}

interface StoreConfig extends PublicConfig {
  readonly CDN_URL?: string | undefined;
}

/** The origin that serves what users have uploaded. */
export function imageStoreOrigin(config: StoreConfig): string {
  return new URL(config.CDN_URL ?? publicOrigin(config)).origin;
}

/** Every host photos may come from: the configured ones, and our own image store. */
export function allowedImageHosts(
  config: StoreConfig & { readonly IMAGE_HOSTS: readonly string[] },
): string[] {
  return [...config.IMAGE_HOSTS, imageStoreOrigin(config)];
}

/** The origin under which clients reach the API: as configured, or the process' own port. */
export function publicOrigin(config: {
  readonly PUBLIC_URL?: string | undefined;
  readonly PORT: number;
}): string {
  return new URL(config.PUBLIC_URL ?? `http://127.0.0.1:${config.PORT}`).origin;
}

/** Every host photos may come from: the configured ones, and our own image store. */
export function allowedImageHosts(
  config: Parameters<typeof publicOrigin>[0] & {
    readonly IMAGE_HOSTS: readonly string[];
    readonly CDN_URL?: string | undefined;
  },
): string[] {
  return [...config.IMAGE_HOSTS, new URL(config.CDN_URL ?? publicOrigin(config)).origin];
}

/** The address that a server listens on. Without a host: all addresses, IPv4 and IPv6. */
export interface ListenAddress {
  host?: string;
  /** 0: any free port. */
  port: number;
}

/** Parses ":8080", "127.0.0.1:8080", "[::1]:8080" or "localhost:8080"; undefined for any other form. */
export function parseAddress(text: string): ListenAddress | undefined {
  const parts = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]*)):(\d{1,5})$/.exec(text);
  const port = Number(parts?.[3]);
  if (parts === null || port > 65_535) return undefined;
  const host = parts[1] ?? parts[2] ?? "";
  return host === "" ? { port } : { host, port };
}

/** Inverse of {@link parseAddress}. */
export function formatAddress({ host = "", port }: ListenAddress): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

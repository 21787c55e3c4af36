// SHA-256 of what was read, so that a report can name its data. Uses WebCrypto, which Node 20 and workers share.

/**
 * SHA-256 as lower-case hex.
 * @throws where the page is not a secure context, which is where browsers hide WebCrypto
 */
export async function sha256Hex(bytes: Uint8Array): Promise<string> {
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (!subtle) throw new Error("page: WebCrypto is missing, expected https or localhost");
  const digest = await subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * One digest for a set of files: that of the only file, or that of the listing `sha256sum` would print for
 * several, sorted by name.
 * @param parts digest by file name
 */
export async function combineDigests(parts: ReadonlyMap<string, string>): Promise<string> {
  const [only] = parts.values();
  if (parts.size === 1 && only !== undefined) return only;
  const lines = [...parts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, hex]) => `${hex}  ${name}\n`);
  return sha256Hex(new TextEncoder().encode(lines.join("")));
}

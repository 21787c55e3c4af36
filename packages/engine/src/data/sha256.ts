// SHA-256 of bytes that come in parts, for files that are not held whole: WebCrypto takes nothing but a whole array.
// Source: FIPS 180-4, §4.2.2, §5 and §6.2.

const BLOCK = 64;

// The first 32 bits of the fractional parts of the cube roots of the first 64 primes (§4.2.2), and of the square roots
// of the first 8 (§5.3.3).
const primes = firstPrimes(64);
const ROUND = Int32Array.from(primes, (p) => fraction(Math.cbrt(p)));
const START = Int32Array.from(primes.slice(0, 8), (p) => fraction(Math.sqrt(p)));

function firstPrimes(count: number): number[] {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++) if (found.every((p) => n % p !== 0)) found.push(n);
  return found;
}

function fraction(root: number): number {
  return Math.floor((root - Math.floor(root)) * 2 ** 32) | 0;
}

export class Sha256 {
  readonly #state = START.slice();
  readonly #words = new Int32Array(64);
  readonly #rest = new Uint8Array(BLOCK);
  #kept = 0;
  #length = 0;

  update(bytes: Uint8Array): this {
    this.#length += bytes.byteLength;
    let at = 0;
    if (this.#kept > 0) {
      at = Math.min(BLOCK - this.#kept, bytes.byteLength);
      this.#rest.set(bytes.subarray(0, at), this.#kept);
      this.#kept += at;
      if (this.#kept < BLOCK) return this;
      this.#block(this.#rest, 0);
      this.#kept = 0;
    }
    for (; at + BLOCK <= bytes.byteLength; at += BLOCK) this.#block(bytes, at);
    this.#rest.set(bytes.subarray(at));
    this.#kept = bytes.byteLength - at;
    return this;
  }

  /** The digest as lower-case hex; nothing more may be added after it. */
  hex(): string {
    const length = this.#length;
    const padded = new Uint8Array(this.#kept < 56 ? BLOCK - this.#kept : 2 * BLOCK - this.#kept);
    padded[0] = 0x80;
    const view = new DataView(padded.buffer);
    view.setUint32(padded.length - 8, Math.floor(length / 2 ** 29));
    view.setUint32(padded.length - 4, (length * 8) % 2 ** 32);
    this.update(padded);
    return Array.from(this.#state, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  }

  #block(bytes: Uint8Array, at: number): void {
    const w = this.#words;
    for (let t = 0; t < 16; t++) {
      const i = at + 4 * t;
      w[t] =
        ((bytes[i] as number) << 24) |
        ((bytes[i + 1] as number) << 16) |
        ((bytes[i + 2] as number) << 8) |
        (bytes[i + 3] as number);
    }
    for (let t = 16; t < 64; t++) {
      const x = w[t - 15] as number;
      const y = w[t - 2] as number;
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[t] = ((w[t - 16] as number) + s0 + (w[t - 7] as number) + s1) | 0;
    }
    const state = this.#state;
    let [a, b, c, d, e, f, g, h] = state as unknown as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    for (let t = 0; t < 64; t++) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const one = (h + s1 + ((e & f) ^ (~e & g)) + (ROUND[t] as number) + (w[t] as number)) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + one) | 0;
      d = c;
      c = b;
      b = a;
      a = (one + two) | 0;
    }
    const sums = [a, b, c, d, e, f, g, h];
    for (let i = 0; i < 8; i++) state[i] = ((state[i] as number) + (sums[i] as number)) | 0;
  }
}

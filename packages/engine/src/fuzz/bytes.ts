// Damage to a file's bytes, as transfers, disks and other programs do it. Seeded; not aware of what the bytes mean.

/** Uniform numbers in [0, 1). */
export type Random = () => number;

type Damage = (file: Uint8Array, random: Random) => Uint8Array;

const below = (random: Random, count: number) => Math.floor(random() * count);

/** A place, more often near the start: structure is dense there, weights come later. */
function place(file: Uint8Array, random: Random): number {
  const near = Math.min(file.byteLength, 2048);
  return below(random, random() < 0.5 ? near : file.byteLength);
}

function spliced(file: Uint8Array, at: number, removed: number, added: Uint8Array): Uint8Array {
  const rest = file.subarray(Math.min(file.byteLength, at + removed));
  const result = new Uint8Array(at + added.byteLength + rest.byteLength);
  result.set(file.subarray(0, at));
  result.set(added, at);
  result.set(rest, at + added.byteLength);
  return result;
}

const noise = (random: Random, count: number) => Uint8Array.from({ length: count }, () => below(random, 256));

const damages: readonly Damage[] = [
  // Bits turned over.
  (file, random) => {
    const copy = file.slice();
    for (let i = below(random, 6); i >= 0; i--) {
      const at = place(file, random);
      copy[at] = (copy[at] as number) ^ (1 << below(random, 8));
    }
    return copy;
  },
  // Cut off.
  (file, random) => file.slice(0, place(file, random)),
  // A run lost, repeated, made up, or blanked.
  (file, random) => spliced(file, place(file, random), 1 + below(random, 24), new Uint8Array(0)),
  (file, random) => {
    const at = place(file, random);
    return spliced(file, at, 0, file.slice(at, at + 1 + below(random, 64)));
  },
  (file, random) =>
    spliced(file, place(file, random), below(random, 8), noise(random, 1 + below(random, 16))),
  (file, random) => {
    const value = random() < 0.5 ? 0xff : 0;
    return spliced(file, place(file, random), 10, new Uint8Array(1 + below(random, 10)).fill(value));
  },
  // A number in place of another: lengths, dimensions and types are such bytes.
  (file, random) => {
    const copy = file.slice();
    for (let i = below(random, 3); i >= 0; i--) copy[place(file, random)] = below(random, 256);
    return copy;
  },
];

/** The file with one kind of damage. */
export function damaged(file: Uint8Array, random: Random): Uint8Array {
  if (file.byteLength === 0) return file;
  return (damages[below(random, damages.length)] as Damage)(file, random);
}

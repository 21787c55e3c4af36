// Three colour ramps as tables of 49 colours with straight lines between them, within 3 of 255 of their originals: those of d3
// (d3-scale-chromatic 3.1), which would be twelve kilobytes of the first load. What the colours mean is colour.ts.

type Ramp = (place: number) => string;

/** Red, green and blue of each place as hexadecimal digits. */
function ramp(digits: string): Ramp {
  const table = (digits.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
  const steps = table.length / 3 - 1;
  return (place) => {
    const at = Math.min(1, Math.max(0, place)) * steps;
    const from = Math.min(steps - 1, Math.floor(at));
    const mixed = [0, 1, 2].map((channel) => {
      const [a = 0, b = 0] = [table[3 * from + channel], table[3 * from + 3 + channel]];
      return Math.round(a + (at - from) * (b - a));
    });
    return `rgb(${mixed.join(", ")})`;
  };
}

/** Perceptually uniform, dark to light (van der Walt and Smith, matplotlib). */
export const magma = ramp(
  "00000402020b0504160a0822100b2d150e381d11472412532c115f36106b3f0f7247107851127c59157e6018806a1c81" +
    "721f817922828326818b2981932b809c2e7fa5317ead347cb73779bf3a77c73d73d0416fd8456cdf4a68e75263ec5860" +
    "f1605df56b5cf8745cfa7d5efc8961fd9266fd9b6bfea772feb078feb97ffec488fecd90fed799fde2a3fdebacfcf4b6" +
    "fcfdbf",
);

/** Perceptually uniform, dark blue to yellow (van der Walt and Smith, matplotlib). */
export const viridis = ramp(
  "44015446085c47106348186a481f70482576472d7b46337f4439834240864046883e4c8a3b528b38588c365d8d33638d" +
    "31688e2e6d8e2c728e2a778e287c8e26828e24868e228b8d21918c1f958b1f9a8a1fa08820a48623a98328ae802eb37c" +
    "35b7793fbc7348c16e52c5695ec96269cd5b75d05484d44b90d7439dd93baddc30bade28c8e020d8e219e5e419f1e51d" +
    "fde725",
);

/** Diverging, orange to violet (Brewer). */
export const puOr = ramp(
  "2d004b3508583d1164461a704e247b5730865f3d8f684a987259a07b67a88575af8f82b7998ebfa39ac6aca5cdb5b0d4" +
    "bebadac6c4dfcecde4d5d5e8dcddece3e4eee9e9efefedeef3eeeaf6eee3f9ebd9fbe7cdfce2bffddcb0fdd5a0fdcd90" +
    "fcc57ffabb6ef7b25df3a74cee9d3de7922fe08823d97e1ad07513c76c0ebe630bb45c09aa54089f4e079547078a4108" +
    "7f3b08",
);

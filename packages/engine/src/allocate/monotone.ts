// Losses that fall as widths grow: the least-squares fit that never rises (isotonic regression, pool adjacent violators;
// Barlow et al. 1972). Few samples may see a rare bad one in a wide column and miss it in a narrow one.

/** The values, in the order of rising widths, fitted so that none is larger than the one before. */
export function falling(values: readonly number[]): number[] {
  const blocks: { mean: number; count: number }[] = [];
  for (const value of values) {
    let block = { mean: value, count: 1 };
    for (let last = blocks.at(-1); last && last.mean < block.mean; last = blocks.at(-1)) {
      const count = last.count + block.count;
      block = { mean: (last.mean * last.count + block.mean * block.count) / count, count };
      blocks.pop();
    }
    blocks.push(block);
  }
  return blocks.flatMap(({ mean, count }) => new Array<number>(count).fill(mean));
}

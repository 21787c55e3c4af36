// Which samples calibrate and which are evaluated. Indices only; the two never overlap when both are asked for by number.

export interface SplitOptions {
  /** Samples to calibrate on. */
  readonly calibration?: number;
  /** Samples to evaluate on. */
  readonly evaluation?: number;
}

export interface Split {
  readonly calibration: number[];
  readonly evaluation: number[];
}

/** Enough for ranges to settle, few enough to be quick; used where no number is given. */
const defaultCalibration = 128;

/**
 * Splits samples 0…size−1 in order:
 * neither given: the first 128 calibrate and all are evaluated (the one case of overlap: there is nothing held back);
 * both: the first N and the M after them; only `calibration`: the first N, and the rest is evaluated;
 * only `evaluation`: the last M, and the first 128 of what is left calibrate.
 * A side left without samples is empty; asking for more than there is throws a sentence.
 */
export function splitData(size: number, options: SplitOptions = {}): Split {
  const { calibration, evaluation } = options;
  for (const [name, count] of Object.entries(options)) {
    if (count === undefined || (Number.isInteger(count) && count >= 0 && count <= size)) continue;
    throw new Error(`${name}: ${count} samples asked for, expected a whole number up to the data's ${size}`);
  }
  if (calibration !== undefined && evaluation !== undefined) {
    if (calibration + evaluation > size) {
      throw new Error(
        `data: ${size} samples, expected ${calibration + evaluation} for ${calibration} to calibrate and ${evaluation} others to evaluate`,
      );
    }
    return { calibration: range(0, calibration), evaluation: range(calibration, calibration + evaluation) };
  }
  if (calibration !== undefined) {
    return { calibration: range(0, calibration), evaluation: range(calibration, size) };
  }
  if (evaluation !== undefined) {
    const rest = size - evaluation;
    return { calibration: range(0, Math.min(defaultCalibration, rest)), evaluation: range(rest, size) };
  }
  return { calibration: range(0, Math.min(defaultCalibration, size)), evaluation: range(0, size) };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

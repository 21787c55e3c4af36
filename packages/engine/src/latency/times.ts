// Times: what one run takes by layer and scheme, as allocation asks for it: plain data that can be handed to another thread.
// Seconds of the whole run: the factor between the sum of layers measured alone and a run end to end is in them already.

export interface Times {
  readonly layers: Readonly<Record<string, LayerTimes>>;
  /** Seconds of a run that belong to no layer. */
  readonly beside: number;
}

export interface LayerTimes {
  /** By the name that `stateName` gives a choice of columns. */
  readonly seconds: Readonly<Record<string, number>>;
  /** Where nothing is chosen for the layer. */
  readonly kept: number;
}

/**
 * Names a choice for one layer.
 * @param weight column of its weights, "float" where they stay so; undefined where that is not chosen
 * @param activation column of the activations that it decides; undefined where that is not chosen
 */
export function stateName(weight: string | undefined, activation: string | undefined): string {
  return `${weight ?? ""}/${activation ?? ""}`;
}

/**
 * Seconds that a layer takes of a run.
 * @throws one sentence where others of its states have a time, and this one has none
 */
export function secondsOf(
  { layers }: Times,
  id: string,
  weight: string | undefined,
  activation: string | undefined,
): number {
  const own = layers[id];
  if (!own) return 0;
  const found = own.seconds[stateName(weight, activation)];
  if (found !== undefined) return found;
  const known = Object.keys(own.seconds).map((name) => name.replace(/^\/|\/$/, ""));
  const wanted = stateName(weight, activation).replace(/^\/|\/$/, "");
  throw new Error(`layer ${id}: no time as ${wanted}, expected one beside those as ${known.join(", ")}`);
}

/** Seconds of everything but some layers. */
export function secondsBeside({ layers, beside }: Times, allocated: ReadonlySet<string>): number {
  return Object.entries(layers).reduce((sum, [id, { kept }]) => sum + (allocated.has(id) ? 0 : kept), beside);
}

/** The same times where a run takes so many times as long. */
export function scaledTimes({ layers, beside }: Times, factor: number): Times {
  return {
    beside: beside * factor,
    layers: Object.fromEntries(
      Object.entries(layers).map(([id, { seconds, kept }]) => [
        id,
        {
          kept: kept * factor,
          seconds: Object.fromEntries(Object.entries(seconds).map(([name, value]) => [name, value * factor])),
        },
      ]),
    ),
  };
}

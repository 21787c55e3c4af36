// --couple: layers whose weights get the same bits, by name, or as the network's residual blocks say.

import { downSampling, layerOf, type Network } from "@bitscape/engine";

/** "A,B", "residual" (down-sampling layers with the first of their block) or "none". @throws for a layer there is not */
export function coupledIn(network: Network, texts: readonly string[]): string[][] {
  return texts.flatMap((text) => {
    if (text === "residual") return downSampling(network);
    if (text === "none") return [];
    return [text.split(",").map((id) => layerOf(network, id).id)];
  });
}

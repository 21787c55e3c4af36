// Saves the heatmap: all its rows, whatever is scrolled into view. What draws it is loaded when it is asked for.

import { heatKey } from "../charts/colourKey.ts";
import { SaveMenu } from "../charts/SaveMenu.tsx";
import { get, useStore } from "../state/store.ts";

async function drawing() {
  const { factsOf } = await import("../report/facts.ts");
  const facts = factsOf(get(), { report: null, layers: null }, new Date(), "");
  if (!facts) throw new Error("heatmap: no model and data are open, expected both");
  return facts;
}

export function SaveHeatmap() {
  const name = useStore((state) => state.model?.name ?? "");
  const ready = useStore((state) => state.model !== null && state.data !== null);
  const metric = useStore((state) => state.float?.metric ?? "kl");
  const unit = metric === "mse" ? "relative squared error" : "KL to float, nats";
  return (
    <SaveMenu
      label="Save the heatmap"
      name={`${name.replace(/\.onnx$/i, "")}.sensitivity`}
      title="Sensitivity of each layer to its bit-width"
      source="solid where measured, hatched where predicted, outlined where chosen"
      picture={async (dark) => (await import("../report/heatPicture.ts")).heatPicture(await drawing(), dark)}
      colours={(dark) => heatKey(`${unit}, each tensor quantized alone`, dark)}
      csv={async () => (await import("../report/heatTable.ts")).heatCsv(await drawing())}
      disabled={!ready}
      compact
    />
  );
}

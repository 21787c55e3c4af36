// In the heatmap's place while no network is open: it is on its way, or there is none, and how to come by one.

import { samples } from "@bitscape/samples";
import { chooseFiles } from "../open/chooseFiles.ts";
import { openFiles } from "../open/open.ts";
import { openSample } from "../state/opening.ts";
import { useStore } from "../state/store.ts";
import { Button } from "../ui/Button.tsx";
import { PanelState } from "../ui/PanelState.tsx";

export function NoLayers() {
  const opening = useStore((state) => state.opening);
  // Read, and about to be drawn.
  const open = useStore((state) => state.model !== null);
  if (opening) {
    return (
      <PanelState kind="loading" progress={opening}>
        {opening.what}…
      </PanelState>
    );
  }
  if (open) return null;
  return (
    <PanelState
      kind="empty"
      action={{ label: "Open files…", act: () => void chooseFiles({ multiple: true }).then(openFiles) }}
      more={samples.map(({ name, title }) => (
        <Button key={name} onClick={() => void openSample(name)}>
          {title}
        </Button>
      ))}
    >
      Drop an ONNX model anywhere on this page, or try a sample. Nothing leaves this machine.
    </PanelState>
  );
}

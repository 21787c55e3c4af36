// Asks for the sizes that a network leaves open, with what was guessed; the network is there meanwhile.

import { openData, repin } from "../state/opening.ts";
import { closePinning, usePinning } from "../state/pinning.ts";
import { useStore } from "../state/store.ts";
import { Dialog } from "../ui/Dialog.tsx";
import { formatShape } from "../ui/numbers.ts";
import { PinEditor } from "./PinEditor.tsx";

export function PinDialog() {
  const { open, reason, data, sizes } = usePinning();
  const model = useStore((state) => state.model);
  if (!model) return null;
  const reopen = async (pins: Readonly<Record<string, number>>) => {
    await repin(pins);
    if (data) await openData(data);
  };
  return (
    <Dialog title="Sizes to choose" open={open} onOpenChange={(next) => !next && closePinning()} width={560}>
      <p>
        {model.name} leaves sizes of its inputs open. {reason ? "" : "It was opened with a guess for each. "}
        Everything that is measured here holds for these sizes; data with others bring theirs, and they can be
        changed under “About this model”.
      </p>
      {reason && <p className="failure">{reason}</p>}
      <dl className="facts">
        <dt>Inputs now</dt>
        <dd>
          {model.inputs.map(({ name, shape, dtype }) => (
            <div key={name}>
              {name} <span className="quiet">{formatShape(shape)}</span> {dtype}
            </div>
          ))}
        </dd>
      </dl>
      <PinEditor sizes={sizes} onDone={closePinning} onOpen={(pins) => void reopen(pins)} />
    </Dialog>
  );
}

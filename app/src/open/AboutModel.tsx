// What was read of the model: where it comes from, its inputs and outputs, what cannot be quantized and why.

import { useStore } from "../state/store.ts";
import { formatBytes, formatCount, formatExactBytes, formatShape } from "../ui/numbers.ts";
import { PopoverButton } from "../ui/PopoverButton.tsx";
import { Term } from "../ui/Term.tsx";
import { PinEditor } from "./PinEditor.tsx";
import { grouped } from "./skipped.ts";

export function AboutModel() {
  const model = useStore((state) => state.model);
  if (!model) return null;
  const weighted = model.layers.filter(({ weights }) => weights.length > 0);
  const values = (list: typeof model.inputs) =>
    list.map(({ name, dtype, shape }) => (
      <div key={name}>
        {name} <span className="quiet">{formatShape(shape)}</span> {dtype}
      </div>
    ));
  return (
    <PopoverButton
      label="About this model"
      className="popover about"
      button={
        <button type="button" className="button" data-size="small">
          About this model
          {model.skipped.length > 0 && <span className="badge">{model.skipped.length} skipped</span>}
        </button>
      }
    >
      <h2>{model.name}</h2>
      <dl className="facts">
        <dt>File</dt>
        <dd title={formatExactBytes(model.bytes)}>
          {formatBytes(model.bytes)} · SHA-256 {model.sha256.slice(0, 12)}…
        </dd>
        <dt>
          <Term of="opset">Opset</Term>
        </dt>
        <dd>
          {model.opset} · IR version {model.irVersion}
        </dd>
        <dt>Producer</dt>
        <dd>{model.producer || "not named"}</dd>
        <dt>Inputs</dt>
        <dd>{values(model.inputs)}</dd>
        <dt>Outputs</dt>
        <dd>{values(model.outputs)}</dd>
        <dt>Parameters</dt>
        <dd>{formatCount(model.parameters)}</dd>
        <dt>Layers</dt>
        <dd>
          {weighted.length} with weights to quantize
          {model.layers.length > weighted.length &&
            `, ${model.layers.length - weighted.length} with activations only`}
        </dd>
      </dl>
      <PinEditor />
      {model.notes.length > 0 && (
        <section>
          <h3>Notes</h3>
          <ul>
            {model.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </section>
      )}
      <section>
        <h3>Not quantized</h3>
        {model.skipped.length === 0 ? (
          <p className="quiet">Every node that holds weights can be quantized.</p>
        ) : (
          <ul className="about-skipped">
            {grouped(model.skipped).map(({ reason, nodes }) => (
              <li key={reason}>
                {nodes.length === 1 ? (
                  <strong>{nodes[0]}</strong>
                ) : (
                  <details>
                    <summary>{formatCount(nodes.length)} nodes</summary>
                    <p>{nodes.join(", ")}</p>
                  </details>
                )}
                <span className="quiet">{reason}</span>
              </li>
            ))}
          </ul>
        )}
      </section>
    </PopoverButton>
  );
}

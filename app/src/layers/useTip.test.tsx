import { act } from "react";
import { createRoot } from "react-dom/client";
import { expect, it } from "vitest";
import { useTip } from "./useTip.ts";

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

it("goes with the pointer, also where the cell under it was drawn anew and never says that it was left", async () => {
  const holder = document.body.appendChild(document.createElement("div"));
  const root = createRoot(holder);
  await act(() => root.render(<Probe of="first" />));
  const cell = () => holder.querySelector("[data-column]") as HTMLElement;
  await act(() => void cell().dispatchEvent(new MouseEvent("pointermove", { bubbles: true })));
  expect(holder.querySelector("output")?.textContent).toBe("2 5");
  await act(() => root.render(<Probe of="second" />));
  expect(holder.querySelector("output")?.textContent).toBe("2 5");
  await act(() => void document.body.dispatchEvent(new MouseEvent("pointerover", { bubbles: true })));
  expect(holder.querySelector("output")?.textContent).toBe("none");
  await act(() => root.unmount());
});

function Probe({ of }: { readonly of: string }) {
  const { tip, handlers } = useTip(0);
  return (
    <div {...handlers}>
      <span key={of} data-row="2" data-column="5" />
      <output>{tip ? `${tip.row} ${tip.column}` : "none"}</output>
    </div>
  );
}

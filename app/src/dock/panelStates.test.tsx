// Every panel draws what it is without a network, on its way, and after a failure: none is blank.

import { act, type ReactNode } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ComparePanel } from "../compare/ComparePanel.tsx";
import { GraphPanel } from "../graph/GraphPanel.tsx";
import { LandscapePanel } from "../landscape/LandscapePanel.tsx";
import { NoLayers } from "../layers/NoLayers.tsx";
import { ReportPanel } from "../report/ReportPanel.tsx";
import { useComparing } from "../state/comparing.ts";
import { useGraph } from "../state/graph.ts";
import { initialState, type State, useStore } from "../state/store.ts";

vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
vi.stubGlobal(
  "ResizeObserver",
  class {
    observe() {}
    disconnect() {}
  },
);

let root: Root;
let place: HTMLElement;

beforeEach(() => {
  useStore.setState(initialState, true);
  useComparing.setState(useComparing.getInitialState(), true);
  useGraph.setState(useGraph.getInitialState(), true);
  place = document.body.appendChild(document.createElement("div"));
  root = createRoot(place);
});

afterEach(() => {
  act(() => root.unmount());
  place.remove();
});

const shown = (panel: ReactNode) => {
  act(() => root.render(panel));
  return place;
};
const kind = () => place.querySelector(".panel-state")?.getAttribute("data-kind");
const buttons = () => [...place.querySelectorAll("button")].map(({ textContent }) => textContent);

const panels = { ComparePanel, GraphPanel, LandscapePanel, ReportPanel, NoLayers };

describe("without a network", () => {
  for (const [name, Panel] of Object.entries(panels)) {
    it(`${name} says what will be there`, () => {
      expect(shown(<Panel />).textContent).toMatch(/Open a model|Drop an ONNX model/);
      expect(kind()).toBe("empty");
    });
  }
  it("the heatmap's place offers files and the samples", () => {
    shown(<NoLayers />);
    expect(buttons()).toEqual(["Open files…", "Shapes ResNet", "Shapes MobileNet"]);
  });
});

describe("on its way", () => {
  const opening = { what: "Reading the file", done: 3, total: 4 };
  const model = { name: "a.onnx", sha256: "0", layers: [] } as unknown as State["model"];
  const data = { kind: "synthetic", name: "synthetic", size: 8 } as State["data"];

  it("the heatmap's place shows how far a network has come", () => {
    useStore.setState({ opening });
    expect(
      shown(<NoLayers />)
        .querySelector('[role="progressbar"]')
        ?.getAttribute("aria-valuenow"),
    ).toBe("3");
  });
  it("so do the panels that wait for it", () => {
    useStore.setState({ model, data, opening });
    for (const Panel of [ComparePanel, GraphPanel, LandscapePanel]) {
      shown(<Panel />);
      expect([Panel.name, kind()]).toEqual([Panel.name, "loading"]);
    }
  });
});

describe("after a failure", () => {
  const sentence = "worker: out of memory, expected room for the session.";

  it("Compare and Graph say why, and can be tried again", () => {
    useComparing.setState({ failure: sentence });
    useGraph.setState({ failure: sentence });
    for (const Panel of [ComparePanel, GraphPanel]) {
      expect(shown(<Panel />).querySelector('[role="alert"]')?.textContent).toContain(sentence);
      expect(buttons()).toContain("Try again");
    }
  });
});

import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { PanelState } from "./PanelState.tsx";

describe("a panel's state", () => {
  it("is said to those who listen: what failed as an alert, the rest as a status", () => {
    const failed = renderToStaticMarkup(<PanelState kind="failed">It broke.</PanelState>);
    expect(failed).toContain('role="alert"');
    expect(renderToStaticMarkup(<PanelState kind="empty">Nothing.</PanelState>)).toContain('role="status"');
  });
  it("has a meter only on its way, named by what is waited for", () => {
    const loading = renderToStaticMarkup(
      <PanelState kind="loading" progress={{ done: 3, total: 4 }}>
        Reading…
      </PanelState>,
    );
    expect(loading).toMatch(/role="progressbar" aria-label="Reading…".*aria-valuenow="3"/);
    expect(renderToStaticMarkup(<PanelState kind="empty">Nothing.</PanelState>)).not.toContain("progressbar");
  });
});

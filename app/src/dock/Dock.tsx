// The dock: the row of tabs at the foot of the screen, and the panel that is open above it.

import { Tabs } from "radix-ui";
import { Suspense, useRef } from "react";
import { closeDock, showPanel, togglePanel, toggleWhole, useDock } from "../state/dock.ts";
import { Button } from "../ui/Button.tsx";
import { CloseIcon, ExpandIcon, ShrinkIcon } from "../ui/icons.tsx";
import { PanelState } from "../ui/PanelState.tsx";
import { Divider } from "./Divider.tsx";
import { Failing } from "./Failing.tsx";
import { panels } from "./panels.ts";
import "./dock.css";

export function Dock() {
  const { shown, share, whole } = useDock();
  const element = useRef<HTMLDivElement>(null);
  const open = panels.find(({ id }) => id === shown);
  if (panels.length === 0) return null;
  return (
    <Tabs.Root
      ref={element}
      className="dock"
      value={open?.id ?? ""}
      onValueChange={showPanel}
      activationMode="manual"
      data-open={open !== undefined || undefined}
      {...(open && { style: { height: whole ? "100%" : `${share * 100}vh` } })}
    >
      {open && !whole && <Divider of={element} />}
      <div className="dock-head">
        <Tabs.List className="dock-tabs" aria-label="Tools">
          {panels.map(({ id, title, preload }) => (
            <Tabs.Trigger
              key={id}
              value={id}
              className="dock-tab"
              onPointerEnter={preload}
              onFocus={preload}
              onMouseDown={(event) => {
                // The tab that is open closes its panel; Radix would keep it.
                if (event.button === 0 && id === shown) {
                  event.preventDefault();
                  togglePanel(id);
                }
              }}
            >
              {title}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        {open && (
          <div className="dock-actions">
            <Button kind="plain" label={whole ? "Smaller panel" : "Larger panel"} onClick={toggleWhole}>
              {whole ? <ShrinkIcon /> : <ExpandIcon />}
            </Button>
            <Button kind="plain" label="Close panel" onClick={closeDock}>
              <CloseIcon />
            </Button>
          </div>
        )}
      </div>
      {open && (
        <Tabs.Content key={open.id} value={open.id} className="dock-panel" tabIndex={-1}>
          <Failing what={open.title}>
            <Suspense fallback={<PanelState kind="loading">Loading…</PanelState>}>
              <open.Panel />
            </Suspense>
          </Failing>
        </Tabs.Content>
      )}
    </Tabs.Root>
  );
}

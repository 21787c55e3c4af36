// The model's name in the bar, and behind it what else can be opened.

import { samples } from "@bitscape/samples";
import { DropdownMenu } from "radix-ui";
import { lazy, Suspense, useState } from "react";
import { RecentStudies } from "../keep/RecentStudies.tsx";
import { openSample } from "../state/opening.ts";
import { useStore } from "../state/store.ts";
import { ChevronIcon } from "../ui/icons.tsx";
import { formatPercent } from "../ui/numbers.ts";
import { AddressDialog } from "./AddressDialog.tsx";
import { chooseFiles } from "./chooseFiles.ts";
import { openFiles } from "./open.ts";
import { SamplePicture } from "./SamplePicture.tsx";

const KeptDialog = lazy(async () => ({ default: (await import("../keep/KeptDialog.tsx")).KeptDialog }));

export function OpenMenu() {
  const model = useStore((state) => state.model);
  const current = useStore((state) => state.source?.sample);
  const [asking, setAsking] = useState(false);
  const [kept, showKept] = useState<boolean | null>(null);
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>
        <button
          type="button"
          className="button bar-model"
          data-kind="plain"
          aria-label={model ? `Open a model or data, now ${model.name}` : "Open a model or data"}
        >
          <span>{model?.name ?? "Open"}</span>
          <ChevronIcon />
        </button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="start" sideOffset={4} collisionPadding={8}>
          <DropdownMenu.Item
            className="menu-item"
            onSelect={() => void chooseFiles({ multiple: true }).then(openFiles)}
          >
            Open files…
            <span className="menu-note">
              An .onnx model with its external data, or a zip of them; data for it; a recipe. Dropping them
              anywhere does the same; nothing leaves this machine.
            </span>
          </DropdownMenu.Item>
          <DropdownMenu.Item className="menu-item" onSelect={() => setAsking(true)}>
            Open an address…
            <span className="menu-note">A model on the web, or a zip with one. Fetched by this browser.</span>
          </DropdownMenu.Item>
          <div className="menu-rule" />
          <DropdownMenu.Label className="menu-label">Samples</DropdownMenu.Label>
          {samples.map(({ name, title, description, floatTop1 }) => (
            <DropdownMenu.CheckboxItem
              key={name}
              className="menu-item"
              checked={current === name}
              onSelect={() => void openSample(name)}
            >
              {title}
              <SamplePicture name={name} />
              <span className="menu-note">
                {description} Float top-1 {formatPercent(floatTop1)} %, with data of its own.
              </span>
            </DropdownMenu.CheckboxItem>
          ))}
          <RecentStudies onAll={() => showKept(true)} />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
      <AddressDialog open={asking} onOpenChange={setAsking} />
      {kept !== null && (
        <Suspense>
          <KeptDialog open={kept} onOpenChange={showKept} />
        </Suspense>
      )}
    </DropdownMenu.Root>
  );
}

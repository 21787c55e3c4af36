// The model's name in the bar, and behind it what else can be opened.

import { samples } from "@bitscape/samples";
import { Suspense, useEffect, useState } from "react";
import { RecentStudies } from "../keep/RecentStudies.tsx";
import { openGallery, useGallery } from "../state/gallery.ts";
import { openSample } from "../state/opening.ts";
import { useStore } from "../state/store.ts";
import { ChevronIcon } from "../ui/icons.tsx";
import { late } from "../ui/late.ts";
import { MenuButton } from "../ui/MenuButton.tsx";
import { formatBytes, formatPercent } from "../ui/numbers.ts";
import { chooseFiles } from "./chooseFiles.ts";
import { openFiles } from "./open.ts";

const KeptDialog = late(async () => (await import("../keep/KeptDialog.tsx")).KeptDialog);
const Gallery = late(async () => (await import("./Gallery.tsx")).Gallery);
const AddressDialog = late(async () => (await import("./AddressDialog.tsx")).AddressDialog);

export function OpenMenu() {
  const model = useStore((state) => state.model);
  const current = useStore((state) => state.source?.sample);
  // Stays once it was opened, so that it gives the focus back.
  const [gallery, showGallery] = useState(false);
  useEffect(() => useGallery.subscribe(({ open }) => open && showGallery(true)), []);
  const [asking, setAsking] = useState<boolean | null>(null);
  const [kept, showKept] = useState<boolean | null>(null);
  return (
    <>
      <MenuButton
        align="start"
        button={
          <button
            type="button"
            className="button bar-model"
            data-kind="plain"
            aria-label={model ? `Open a model or data, now ${model.name}` : "Open a model or data"}
          >
            <span>{model?.name ?? "Open"}</span>
            <ChevronIcon />
          </button>
        }
      >
        {(Menu) => (
          <>
            <Menu.Item
              className="menu-item"
              onSelect={() => void chooseFiles({ multiple: true }).then(openFiles)}
            >
              Open files…
              <span className="menu-note">
                An .onnx model with its external data, or a zip of them; data for it; a recipe. Dropping them
                anywhere does the same; nothing leaves this machine.
              </span>
            </Menu.Item>
            <Menu.Item className="menu-item" onSelect={() => setAsking(true)}>
              Open an address…
              <span className="menu-note">
                A model on the web, or a zip with one. Fetched by this browser.
              </span>
            </Menu.Item>
            <div className="menu-rule" />
            <Menu.Label className="menu-label">Samples</Menu.Label>
            {samples.map(({ name, title, bytes, floatTop1 }) => (
              <Menu.CheckboxItem
                key={name}
                className="menu-item"
                checked={current === name}
                onSelect={() => void openSample(name)}
              >
                {title}
                <span className="menu-note">
                  {formatBytes(bytes)}, float top-1 {formatPercent(floatTop1)} %
                </span>
              </Menu.CheckboxItem>
            ))}
            <Menu.Item className="menu-item" onSelect={openGallery}>
              Samples with pictures…
              <span className="menu-note">What each of them is, and what can be seen on it.</span>
            </Menu.Item>
            <RecentStudies menu={Menu} onAll={() => showKept(true)} />
          </>
        )}
      </MenuButton>
      {gallery && (
        <Suspense>
          <Gallery />
        </Suspense>
      )}
      {asking !== null && (
        <Suspense>
          <AddressDialog open={asking} onOpenChange={setAsking} />
        </Suspense>
      )}
      {kept !== null && (
        <Suspense>
          <KeptDialog open={kept} onOpenChange={showKept} />
        </Suspense>
      )}
    </>
  );
}

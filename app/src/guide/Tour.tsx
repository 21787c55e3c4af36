// The tour: a card beside what it speaks of, one step after the other. Not modal: the page can be used meanwhile.

import { Popover } from "radix-ui";
import { useLayoutEffect, useRef, useState } from "react";
import { endTour, goTo, useTour } from "../state/tour.ts";
import { Button } from "../ui/Button.tsx";
import { tourSteps } from "./tourSteps.ts";
import "./tour.css";

export function Tour() {
  const step = useTour((state) => state.step);
  if (step === null) return null;
  return <Card step={step} />;
}

function Card({ step }: { readonly step: number }) {
  const steps = tourSteps.filter(({ at }) => document.querySelector(at));
  const shown = steps[step];
  const ring = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<DOMRect | null>(null);
  const at = shown?.at;
  useLayoutEffect(() => {
    const target = at ? document.querySelector(at) : null;
    if (!target) return endTour();
    const follow = () => setPlace(target.getBoundingClientRect());
    follow();
    const watcher = new ResizeObserver(follow);
    watcher.observe(target);
    window.addEventListener("resize", follow);
    return () => {
      watcher.disconnect();
      window.removeEventListener("resize", follow);
    };
  }, [at]);
  if (!shown || !place) return null;
  const last = step === steps.length - 1;
  return (
    <Popover.Root open onOpenChange={(open) => !open && endTour()}>
      <Popover.Anchor asChild>
        <div
          ref={ring}
          className="tour-ring"
          style={{ left: place.left, top: place.top, width: place.width, height: place.height }}
        />
      </Popover.Anchor>
      <Popover.Portal>
        <Popover.Content
          key={shown.at}
          className="popover tour"
          aria-label={`Tour, step ${step + 1} of ${steps.length}`}
          side={place.width > window.innerWidth / 2 || place.left < window.innerWidth / 2 ? "bottom" : "left"}
          sideOffset={8}
          collisionPadding={16}
          onInteractOutside={(event) => event.preventDefault()}
        >
          <h2>{shown.title}</h2>
          <p>{shown.text}</p>
          <div className="tour-row">
            <span className="quiet">
              {step + 1} of {steps.length}
            </span>
            <Button size="small" onClick={endTour}>
              {last ? "Close" : "Skip"}
            </Button>
            {step > 0 && (
              <Button size="small" onClick={() => goTo(step - 1)}>
                Back
              </Button>
            )}
            {!last && (
              <Button size="small" kind="primary" onClick={() => goTo(step + 1)}>
                Next
              </Button>
            )}
          </div>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

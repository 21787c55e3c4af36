// The tour: a card beside what it speaks of, one step after the other. Not modal: the page can be used meanwhile.

import { Popover } from "radix-ui";
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import { endTour, goTo, useTour } from "../state/tour.ts";
import { Button } from "../ui/Button.tsx";
import { type TourStep, tourSteps } from "./tourSteps.ts";
import "./tour.css";

export function Tour() {
  const step = useTour((state) => state.step);
  if (step === null) return null;
  return <Card step={step} />;
}

function Card({ step }: { readonly step: number }) {
  const steps = tourSteps.filter(({ at }) => document.querySelector(at));
  const shown = steps[step];
  const [place, setPlace] = useState<DOMRect | null>(null);
  const at = shown?.at;
  useLayoutEffect(() => {
    const target = at ? document.querySelector(at) : null;
    if (!target) return endTour();
    const follow = () => setPlace(target.getBoundingClientRect());
    // On a phone the page scrolls.
    target.scrollIntoView({ block: "nearest" });
    follow();
    const watcher = new ResizeObserver(follow);
    watcher.observe(target);
    window.addEventListener("resize", follow);
    window.addEventListener("scroll", follow, { passive: true });
    return () => {
      watcher.disconnect();
      window.removeEventListener("resize", follow);
      window.removeEventListener("scroll", follow);
    };
  }, [at]);
  if (!shown || !place) return null;
  const label = `Tour, step ${step + 1} of ${steps.length}`;
  const ringPlace = { left: place.left, top: place.top, width: place.width, height: place.height };
  // On a phone there is no room beside anything: the card is at the foot of the screen.
  if (window.innerWidth <= 900) {
    return (
      <>
        <div className="tour-ring" style={ringPlace} />
        <Foot key={shown.at} label={label}>
          <Said shown={shown} step={step} count={steps.length} />
        </Foot>
      </>
    );
  }
  return (
    <Popover.Root open onOpenChange={(open) => !open && endTour()}>
      <Popover.Anchor asChild>
        <div className="tour-ring" style={ringPlace} />
      </Popover.Anchor>
      <Popover.Portal>
        <Popover.Content
          key={shown.at}
          className="popover tour"
          aria-label={label}
          {...besideOf(place)}
          sideOffset={8}
          collisionPadding={16}
          onInteractOutside={(event) => event.preventDefault()}
        >
          <Said shown={shown} step={step} count={steps.length} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Foot({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  const card = useRef<HTMLDivElement>(null);
  useEffect(() => card.current?.focus({ preventScroll: true }), []);
  return (
    <div
      ref={card}
      className="popover tour tour-foot"
      role="dialog"
      aria-label={label}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key === "Escape") endTour();
      }}
    >
      {children}
    </div>
  );
}

interface SaidProps {
  readonly shown: TourStep;
  readonly step: number;
  readonly count: number;
}

function Said({ shown, step, count }: SaidProps) {
  const last = step === count - 1;
  return (
    <>
      <h2>{shown.title}</h2>
      <p>{shown.text}</p>
      <div className="tour-row">
        <span className="quiet">
          {step + 1} of {count}
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
    </>
  );
}

/** Where there is room for the card: beside what is tall, below or above what is not. */
function besideOf({ left, width, height }: DOMRect) {
  const onTheLeft = left < window.innerWidth / 2;
  if (height > window.innerHeight / 2) return { side: onTheLeft ? "right" : "left", align: "start" } as const;
  return { side: onTheLeft || width > window.innerWidth / 2 ? "bottom" : "left" } as const;
}

// A first visit: offers the tour, once, without standing in the way.

import { Suspense } from "react";
import { endTour, startTour, useTour } from "../state/tour.ts";
import { Button } from "../ui/Button.tsx";
import { late } from "../ui/late.ts";
import "./tour.css";

const Tour = late(async () => (await import("./Tour.tsx")).Tour);

export function TourOffer() {
  const { offered, step } = useTour();
  return (
    <>
      {offered && step === null && (
        <aside className="tour-offer" aria-label="First visit">
          <p>New here? Five steps show what is where.</p>
          <Button size="small" kind="primary" onClick={startTour}>
            Take the tour
          </Button>
          <Button size="small" onClick={endTour}>
            Not now
          </Button>
        </aside>
      )}
      {step !== null && (
        <Suspense>
          <Tour />
        </Suspense>
      )}
    </>
  );
}

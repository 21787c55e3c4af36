// How cells are predicted: a choice of three, each with a sentence on what it does.

import type { Estimator } from "@bitscape/engine";
import { DropdownMenu } from "radix-ui";
import { estimators, estimatorTitle } from "../state/estimators.ts";
import { useStore } from "../state/store.ts";
import { chooseEstimator } from "../state/sweeps.ts";
import { ChevronIcon } from "../ui/icons.tsx";

export function EstimatorMenu() {
  const estimator = useStore((state) => state.estimator);
  const title = estimatorTitle(estimator);
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>
        <button type="button" className="estimator" aria-label={`Estimator: ${title}`}>
          {title}
          <ChevronIcon />
        </button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="start" sideOffset={4}>
          <DropdownMenu.Label className="menu-label">Predict cells by</DropdownMenu.Label>
          <DropdownMenu.RadioGroup
            value={estimator}
            onValueChange={(value) => chooseEstimator(value as Estimator)}
          >
            {estimators.map(({ name, title, note }) => (
              <DropdownMenu.RadioItem key={name} value={name} className="menu-item">
                {title}
                <span className="menu-note">{note}</span>
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

// How cells are predicted: a choice of three, each with a sentence on what it does.

import type { Estimator } from "@bitscape/engine";
import { useStore } from "../state/store.ts";
import { estimators, estimatorTitle } from "../state/sweep/estimators.ts";
import { chooseEstimator } from "../state/sweep/sweeps.ts";
import { ChevronIcon } from "../ui/icons.tsx";
import { MenuButton } from "../ui/MenuButton.tsx";

export function EstimatorMenu() {
  const estimator = useStore((state) => state.estimator);
  const title = estimatorTitle(estimator);
  return (
    <MenuButton
      align="start"
      button={
        <button type="button" className="estimator" aria-label={`Estimator: ${title}`}>
          {title}
          <ChevronIcon />
        </button>
      }
    >
      {(Menu) => (
        <>
          <Menu.Label className="menu-label">Predict cells by</Menu.Label>
          <Menu.RadioGroup value={estimator} onValueChange={(value) => chooseEstimator(value as Estimator)}>
            {estimators.map(({ name, title, note }) => (
              <Menu.RadioItem key={name} value={name} className="menu-item">
                {title}
                <span className="menu-note">{note}</span>
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
        </>
      )}
    </MenuButton>
  );
}

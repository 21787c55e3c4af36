// A word of the field with its one-sentence meaning on hover and focus.

import type { ReactNode } from "react";
import { Tip } from "./Tip.tsx";
import { type TermName, terms } from "./terms.ts";

export function Term({ of, children }: { readonly of: TermName; readonly children: ReactNode }) {
  return (
    <Tip text={terms[of]}>
      <button type="button" className="term">
        {children}
      </button>
    </Tip>
  );
}

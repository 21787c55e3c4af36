// A link that brings somebody else the recipe: never the model or the data.

import { useState } from "react";
import { linkOf } from "../state/link.ts";
import { report } from "../state/notices.ts";
import { useStore } from "../state/store.ts";
import { Button } from "../ui/Button.tsx";
import { formatCount } from "../ui/numbers.ts";

export function ShareLink() {
  const recipe = useStore((state) => state.recipe);
  const sample = useStore((state) => state.source?.sample);
  const [copied, setCopied] = useState<{ recipe: unknown; link: string; held: boolean } | null>(null);
  const copy = async () => {
    try {
      const page = new URL(window.location.pathname, window.location.origin);
      page.hash = await linkOf({ recipe, ...(sample !== undefined && { sample }) });
      const held = await navigator.clipboard.writeText(page.href).then(
        () => true,
        () => false,
      );
      setCopied({ recipe, link: page.href, held });
    } catch (error) {
      report(error);
    }
  };
  const shown = copied?.recipe === recipe ? copied : null;
  return (
    <section className="share">
      <div className="export-row">
        <Button onClick={() => void copy()}>Copy a link to this recipe</Button>
        <span role="status" className="quiet">
          {shown?.held && `Copied, ${formatCount(shown.link.length)} characters.`}
        </span>
      </div>
      {shown && (
        <label className="share-link">
          <span className="hidden">Link</span>
          <input className="field" readOnly value={shown.link} onFocus={(event) => event.target.select()} />
        </label>
      )}
      <p className="quiet">
        {sample === undefined
          ? "The link holds the recipe alone: whoever opens it is asked for the model’s file."
          : "The link holds the recipe, and opens this sample with it."}
      </p>
    </section>
  );
}

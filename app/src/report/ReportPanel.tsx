// The report, shown as it will be saved: one file that says what was done, what came of it, and how to do it again.

import { useMemo, useState } from "react";
import { download, recipeFileName, recipeText } from "../export/download.ts";
import { useComparing } from "../state/comparing.ts";
import { get, useStore } from "../state/store.ts";
import { Button } from "../ui/Button.tsx";
import { DownloadIcon } from "../ui/icons.tsx";
import { PanelState } from "../ui/PanelState.tsx";
import { factsOf } from "./facts.ts";
import { reportPage } from "./page.ts";
import "./report.css";

const version = import.meta.env.BITSCAPE_VERSION ?? "(development)";

export function ReportPanel() {
  const model = useStore((state) => state.model);
  const data = useStore((state) => state.data);
  const recipe = useStore((state) => state.recipe);
  const [asked, setAsked] = useState(0);
  // Made when asked for: while cells arrive it would otherwise be another one every moment.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the state of the moment it is asked for
  const page = useMemo(() => {
    const facts = factsOf(get(), useComparing.getState(), new Date(), version);
    return facts && { text: reportPage(facts), of: get().recipe };
  }, [asked, model, data]);
  if (!page) {
    return (
      <PanelState kind={model ? "loading" : "empty"}>
        {model
          ? "Reading the data…"
          : "Open a model: here is one file that says what was done and what came of it."}
      </PanelState>
    );
  }
  const name = (model?.name ?? "model").replace(/\.onnx$/i, "");
  return (
    <section className="report" aria-label="Report">
      <header>
        <Button kind="primary" onClick={() => download(`${name}.report.html`, [page.text], "text/html")}>
          <DownloadIcon />
          Download report (.html)
        </Button>
        <Button onClick={() => download(recipeFileName(name), [recipeText(recipe)], "application/json")}>
          Download recipe (.json)
        </Button>
        <Button onClick={() => setAsked(asked + 1)}>Bring up to date</Button>
        <span className="quiet" role="status">
          {page.of === recipe
            ? "Export first, and it says whether the file was verified; look at Compare first, and it holds the comparison."
            : "The recipe has changed since this report was made."}
        </span>
      </header>
      <iframe title="The report" sandbox="" srcDoc={page.text} />
    </section>
  );
}

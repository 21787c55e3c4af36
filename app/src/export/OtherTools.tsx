// The same decision for other tools: a file or two each, with what of the recipe they cannot hold.

import { type Configuration, elsewhere, recipeKey, type ToolId } from "@bitscape/engine";
import { useId, useState } from "react";
import { engine } from "../state/connection.ts";
import { sentenceOf } from "../state/notices.ts";
import { get, useStore } from "../state/store.ts";
import { Button } from "../ui/Button.tsx";
import { DownloadIcon } from "../ui/icons.tsx";
import { download } from "./download.ts";
import { knownLosses } from "./knownLosses.ts";

interface Written {
  readonly key: string;
  readonly tool: ToolId;
  readonly configuration?: Configuration;
  readonly failure?: string;
}

export function OtherTools() {
  const heading = useId();
  const key = useStore((state) => recipeKey(state.recipe));
  const [written, setWritten] = useState<Written | null>(null);
  const write = async (tool: ToolId) => {
    const { recipe } = get();
    const of = recipeKey(recipe);
    try {
      const configuration = await engine().configuration(tool, recipe, knownLosses(get()));
      for (const { name, text } of [configuration, ...(configuration.beside ?? [])]) {
        download(name, [text], "text/plain");
      }
      setWritten({ key: of, tool, configuration });
    } catch (error) {
      setWritten({ key: of, tool, failure: sentenceOf(error) });
    }
  };
  return (
    <section className="share" aria-labelledby={heading}>
      <h3 id={heading}>The same decision for other tools</h3>
      <ul className="other-tools">
        {elsewhere.map(({ id, title, help }) => (
          <li key={id}>
            <Button onClick={() => void write(id)} aria-describedby={`${heading}-${id}`}>
              <DownloadIcon />
              {title}
            </Button>
            <span id={`${heading}-${id}`} className="quiet">
              {help}
            </span>
            {written?.key === key && written.tool === id && <Outcome {...written} />}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What came of it: which files, and what is not in them. */
function Outcome({ configuration, failure }: Written) {
  if (failure !== undefined || !configuration) {
    return (
      <p role="alert" className="failure">
        {failure}
      </p>
    );
  }
  const { name, beside = [], left } = configuration;
  return (
    <div role="status" className="quiet">
      <p>
        {[name, ...beside.map((each) => each.name)].join(", ")}
        {left.length === 0
          ? ": everything of the recipe is in it."
          : ". Not in it, or not as the recipe has it:"}
      </p>
      {left.length > 0 && (
        <ul>
          {left.slice(0, SHOWN).map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
          {left.length > SHOWN && <li>and {left.length - SHOWN} more.</li>}
        </ul>
      )}
    </div>
  );
}

/** Sentences in the dialog; those of scripts are all at the head of the file. */
const SHOWN = 6;

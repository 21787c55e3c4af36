// The same decision for other tools: a file each, with what of the recipe it cannot hold.

import { type Configuration, recipeKey } from "@bitscape/engine";
import { useState } from "react";
import { engine } from "../state/connection.ts";
import { sentenceOf } from "../state/notices.ts";
import { get, useStore } from "../state/store.ts";
import { Button } from "../ui/Button.tsx";
import { download } from "./download.ts";

const tools = [{ id: "ort", text: "Script for ONNX Runtime’s quantize_static (.py)" }];

interface Written {
  readonly key: string;
  readonly configuration?: Configuration;
  readonly failure?: string;
}

export function OtherTools() {
  const key = useStore((state) => recipeKey(state.recipe));
  const [written, setWritten] = useState<Written | null>(null);
  const write = async (tool: string) => {
    const { recipe } = get();
    const of = recipeKey(recipe);
    try {
      const configuration = await engine().configuration(tool, recipe);
      download(configuration.name, [configuration.text], "text/plain");
      setWritten({ key: of, configuration });
    } catch (error) {
      setWritten({ key: of, failure: sentenceOf(error) });
    }
  };
  const shown = written?.key === key ? written : null;
  return (
    <section className="share" aria-label="Configuration for other tools">
      <div className="export-row">
        {tools.map(({ id, text }) => (
          <Button key={id} onClick={() => void write(id)}>
            {text}
          </Button>
        ))}
      </div>
      {shown?.failure !== undefined && (
        <p role="alert" className="failure">
          {shown.failure}
        </p>
      )}
      {shown?.configuration && (
        <p role="status" className="quiet">
          {shown.configuration.left.length === 0
            ? "Everything of the recipe is in it."
            : `Not in it: ${shown.configuration.left.slice(0, 3).join(". ")}${shown.configuration.left.length > 3 ? `. And ${shown.configuration.left.length - 3} more, listed in the file` : ""}.`}
        </p>
      )}
    </section>
  );
}

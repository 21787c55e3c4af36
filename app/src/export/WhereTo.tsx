// A file that is not held in memory: why it is not, how large it will be, and where it is to go.

import { writeRecipe } from "../state/exporting.ts";
import { report } from "../state/notices.ts";
import { useStore } from "../state/store.ts";
import { Button } from "../ui/Button.tsx";
import { formatBytes, formatExactBytes } from "../ui/numbers.ts";
import { canChoose, chooseTarget } from "./chooseTarget.ts";

export function WhereTo({ names }: { readonly names: readonly [string, string?] }) {
  const cannotRun = useStore((state) => state.data?.cannotRun);
  const bytes = useStore((state) => state.size?.value.bytes);
  const choose = async () => {
    try {
      const target = await chooseTarget(names);
      if (target) await writeRecipe(target);
    } catch (error) {
      report(error);
    }
  };
  return (
    <>
      <p>{cannotRun}</p>
      <dl className="facts">
        <dt>{names.length === 1 ? "File" : "Files"}</dt>
        <dd>{names.join(", ")}</dd>
        {bytes !== undefined && (
          <>
            <dt>Size</dt>
            <dd>
              {formatBytes(bytes)} ({formatExactBytes(bytes)})
            </dd>
          </>
        )}
        <dt>Verification</dt>
        <dd>None: it is written weight by weight and not opened again here.</dd>
      </dl>
      <div className="export-row">
        {canChoose(names) && (
          <Button kind="primary" onClick={() => void choose()}>
            {names.length === 1 ? "Choose a file…" : "Choose a folder…"}
          </Button>
        )}
        <Button kind={canChoose(names) ? "plain" : "primary"} onClick={() => void writeRecipe({})}>
          Write and download
        </Button>
      </div>
    </>
  );
}

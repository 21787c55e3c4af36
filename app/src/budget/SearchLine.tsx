// The search that goes on by measuring: what it would look for, how far it is, what it found.

import { searchOn, stopSearch } from "../state/budget/search.ts";
import { useBudget } from "../state/budget/store.ts";
import { useStore } from "../state/store.ts";
import { Button } from "../ui/Button.tsx";
import { Meter } from "../ui/Meter.tsx";
import { purposeWords, searchWords } from "./searchWords.ts";

export function SearchLine() {
  const search = useBudget((state) => state.search);
  const most = useStore((state) => state.limits.most);
  const ready = useStore((state) => state.size !== null && state.data?.cannotRun === undefined);
  return (
    <div className="standing-search">
      {search?.running ? (
        <Button size="small" onClick={stopSearch}>
          Cancel the search
        </Button>
      ) : (
        <Button size="small" disabled={!ready} onClick={() => void searchOn()}>
          Search on
        </Button>
      )}
      <div className="standing-found">
        {search?.running && <Meter label="Recipes measured" done={search.tried} total={search.of} />}
        <span className="quiet" role="status">
          {search ? searchWords(search) : purposeWords(most)}
        </span>
      </div>
    </div>
  );
}

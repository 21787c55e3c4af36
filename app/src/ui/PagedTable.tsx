// A plain table of many rows, some at a time, and all of them as CSV: the text alternative of a picture.

import { useId, useState } from "react";
import { download } from "../export/download.ts";
import { Button } from "./Button.tsx";
import { csv } from "./csv.ts";
import { formatCount } from "./numbers.ts";
import "./paged.css";

interface Props {
  readonly caption: string;
  readonly heads: readonly string[];
  /** How many rows there are, and the texts of each; the first is its heading. */
  readonly count: number;
  readonly row: (index: number) => readonly string[];
  /** Name of the file that the CSV is saved as. */
  readonly file: string;
}

const page = 50;

export function PagedTable({ caption, heads, count, row, file }: Props) {
  const [asked, setAsked] = useState(0);
  const id = useId();
  const from = Math.min(asked, Math.max(0, Math.floor((count - 1) / page) * page));
  const until = Math.min(count, from + page);
  const save = () =>
    download(file, [csv([heads, ...Array.from({ length: count }, (_, i) => row(i))])], "text/csv");
  return (
    <div className="paged">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section className="paged-scroll" aria-labelledby={id} tabIndex={0}>
        <table aria-rowcount={count + 1}>
          <caption id={id}>{caption}</caption>
          <thead>
            <tr aria-rowindex={1}>
              {heads.map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {Array.from({ length: until - from }, (_, i) => from + i).map((index) => {
              const [head, ...texts] = row(index);
              return (
                <tr key={index} aria-rowindex={index + 2}>
                  <th scope="row">{head}</th>
                  {texts.map((text, i) => (
                    <td key={heads[i + 1]}>{text}</td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
      <div className="paged-foot">
        <span aria-live="polite">
          {count === 0
            ? "No rows"
            : `Rows ${formatCount(from + 1)} to ${formatCount(until)} of ${formatCount(count)}`}
        </span>
        <Button size="small" disabled={from === 0} onClick={() => setAsked(from - page)}>
          Previous
        </Button>
        <Button size="small" disabled={until >= count} onClick={() => setAsked(from + page)}>
          Next
        </Button>
        <Button size="small" disabled={count === 0} onClick={save}>
          Save as CSV
        </Button>
      </div>
    </div>
  );
}

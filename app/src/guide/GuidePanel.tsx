// The guide: one study step by step, the keys, the words, and whose work is inside.

import { useState } from "react";
import { useStore } from "../state/store.ts";
import { startTour } from "../state/tour.ts";
import { Button } from "../ui/Button.tsx";
import { CheckIcon } from "../ui/icons.tsx";
import { type TermName, terms } from "../ui/terms.ts";
import { keys } from "./keys.ts";
import { termTitle } from "./termTitles.ts";
import { walk } from "./walk.ts";
import "./guide.css";

/** In the order in which they would be looked up. */
const words = Object.entries(terms)
  .map(([term, text]) => ({ title: termTitle(term as TermName), text }))
  .sort((a, b) => a.title.localeCompare(b.title, "en"));

export function GuidePanel() {
  return (
    <section className="guide" aria-label="Guide">
      <div>
        <h2>One study, step by step</h2>
        <Walk />
      </div>
      <div>
        <h2>Keys and pointer</h2>
        <dl className="guide-keys">
          {keys.map(([key, what]) => (
            <div key={key}>
              <dt>{key}</dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
        <div className="guide-row">
          <Button size="small" onClick={startTour}>
            Take the tour of the screen
          </Button>
          <a href="./licences.md" target="_blank" rel="noreferrer">
            Licences of what is inside
          </a>
        </div>
      </div>
      <div>
        <h2>Words</h2>
        <dl className="guide-words">
          {words.map(({ title, text }) => (
            <div key={title}>
              <dt>{title}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      </div>
    </section>
  );
}

function Walk() {
  // What the steps wait for; the rest of the state changes many times a second.
  const source = useStore((state) => state.source);
  const opening = useStore((state) => state.opening !== null);
  const [done, setDone] = useState<ReadonlySet<string>>(new Set());
  return (
    <ol className="guide-walk">
      {walk.map(({ title, text, label, act, wait }) => {
        const reason = wait?.({ source }) ?? null;
        return (
          <li key={title}>
            <h3>
              {title} {done.has(title) && <CheckIcon />}
            </h3>
            <p>{text}</p>
            <Button
              size="small"
              disabled={reason !== null || opening}
              title={reason ?? undefined}
              onClick={() => {
                setDone(new Set([...done, title]));
                act();
              }}
            >
              {label}
            </Button>
          </li>
        );
      })}
    </ol>
  );
}

// Rules in words: a line each, with how many layers it is about or why it cannot hold, and a field for the next one.

import { parseRule } from "@bitscape/engine";
import { useId, useState } from "react";
import { addRule, dropRule } from "../state/budget/budget.ts";
import { resettle } from "../state/budget/solving.ts";
import { useBudget } from "../state/budget/store.ts";
import { useStore } from "../state/store.ts";
import { Button } from "../ui/Button.tsx";
import { CloseIcon } from "../ui/icons.tsx";

const examples = ["first>=8", "last>=8", "op:Gemm=8", "/down/<=4", "all>=3"] as const;

export function RulesEditor() {
  const rules = useStore((state) => state.limits.rules);
  const states = useBudget((state) => state.rules);
  const [text, setText] = useState("");
  const [fault, setFault] = useState<string | null>(null);
  const id = useId();
  const add = () => {
    try {
      parseRule(text);
      addRule(text.trim());
      void resettle();
      setText("");
      setFault(null);
    } catch (error) {
      setFault((error as Error).message);
    }
  };
  return (
    <fieldset className="rules">
      <legend>Rules</legend>
      <ul>
        {rules.map((rule, i) => {
          const state = states[i]?.text === rule ? states[i] : undefined;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: the same rule may stand there twice
            <li key={`${i} ${rule}`}>
              <code>{rule}</code>
              <span className="quiet" data-fault={state?.fault ? "" : undefined}>
                {state?.fault?.replace(`rule ${rule}: `, "") ??
                  (state ? `${state.layers} ${state.layers === 1 ? "layer" : "layers"}` : "…")}
              </span>
              <Button
                kind="plain"
                size="small"
                label={`Remove the rule ${rule}`}
                onClick={() => {
                  dropRule(i);
                  void resettle();
                }}
              >
                <CloseIcon />
              </Button>
            </li>
          );
        })}
      </ul>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <input
          className="field"
          aria-label="New rule"
          aria-invalid={fault !== null}
          aria-describedby={fault === null ? undefined : id}
          placeholder="first>=8"
          list={`${id}-examples`}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setFault(null);
          }}
        />
        <datalist id={`${id}-examples`}>
          {examples.map((example) => (
            <option key={example} value={example} />
          ))}
        </datalist>
        <Button type="submit" size="small" disabled={text.trim() === ""}>
          Add
        </Button>
      </form>
      <p
        id={id}
        className="quiet"
        data-fault={fault !== null ? "" : undefined}
        role={fault !== null ? "alert" : undefined}
      >
        {fault ?? "first, last, all, op:TYPE or /REGEX/, then >=BITS, <=BITS or =COLUMN."}
      </p>
    </fieldset>
  );
}

// Runs the panel's long calls, one of a kind at a time: parts are shown as they come, ten times a second at most; a newer
// request ends the older; an answer about another study counts no more.

import type { Engine, OnProgress } from "@bitscape/engine";
import { engine, jobName, sameStudy } from "../connection.ts";
import { isLost, sentenceOf } from "../notices.ts";
import { flushing } from "../sweep/flushing.ts";
import { look, putTask, type Task, type TaskName, type Tasks } from "./landscape.ts";

type Value<Name extends TaskName> = Tasks[Name] extends Task<infer T> ? T : never;

interface Running {
  readonly job: string;
  current: boolean;
}

/** A long call: given its job's name, what to hand a part of the answer to, and what to tell progress. */
export type Call<T> = (
  worker: Engine,
  job: string,
  onPart: (part: T) => void,
  onProgress: OnProgress,
) => Promise<T | "cancelled">;

const running = new Map<TaskName, Running>();

/** Begins a task, ending the one of its kind that runs. */
export async function begin<Name extends TaskName>(
  name: Name,
  key: string,
  call: Call<Value<Name>>,
): Promise<void> {
  cancelTask(name);
  const same = sameStudy();
  const began = performance.now();
  const mine: Running = { job: jobName(name), current: true };
  running.set(name, mine);
  let waiting: Partial<Task<Value<Name>>> = {};
  let first = true;
  // Parts come by a channel of their own: the last may be behind the answer.
  let answered = false;
  const change = (part: Partial<Task<Value<Name>>>) => {
    if (mine.current && same()) putTask(name, part as Partial<Tasks[Name]>);
  };
  const flushed = flushing(() => {
    change(waiting);
    waiting = {};
  });
  change({ phase: "running", key, progress: null, sentence: null, first: null });
  try {
    const answer = await call(
      engine(),
      mine.job,
      (value) => {
        if (answered) return;
        waiting = { ...waiting, value, valueKey: key };
        if (first) waiting = { ...waiting, first: performance.now() - began };
        if (first) flushed.end();
        else flushed.ask();
        first = false;
      },
      (what, done, total) => {
        if (answered) return;
        waiting = { ...waiting, progress: { what, done, total } };
        flushed.ask();
      },
    );
    answered = true;
    flushed.end();
    if (answer === "cancelled") return change({ phase: "cancelled", progress: null });
    change({ phase: "done", progress: null, value: answer, valueKey: key });
  } catch (error) {
    flushed.end();
    const sentence = isLost(error)
      ? "The engine stopped while working on this. Ask again."
      : sentenceOf(error);
    change({ phase: "failed", progress: null, sentence });
  } finally {
    if (running.get(name) === mine) running.delete(name);
  }
}

/** Ends a task at once; what has come of it stays. */
export function cancelTask(name: TaskName): void {
  const task = running.get(name);
  if (!task) return;
  running.delete(name);
  task.current = false;
  engine().cancel(task.job).catch(ignored);
  if (look()[name].phase === "running") putTask(name, { phase: "cancelled", progress: null });
}

/** Ends a task softly: it answers with the best it has. */
export function finishTask(name: TaskName): void {
  const task = running.get(name);
  if (task) engine().finish(task.job).catch(ignored);
}

const ignored = () => {};

import { describe, expect, it } from "vitest";
import { create } from "zustand";
import { giveViews, keepView, viewsNow, watchViews } from "./views.ts";

const store = (first: number) => create<{ at: number }>()(() => ({ at: first }));
const kept = (name: string, of: ReturnType<typeof store>) =>
  keepView<number>(name, {
    read: () => of.getState().at,
    give: (at) => {
      if (typeof at !== "number") throw new Error("not a number");
      of.setState({ at });
    },
    watch: (changed) => of.subscribe(changed),
  });

describe("settings of panels", () => {
  it("are given to panels that are there, and wait for those that are not", () => {
    const early = store(1);
    const end = kept("early", early);
    giveViews({ early: 5, late: 7 });
    expect(early.getState().at).toBe(5);
    expect(viewsNow()).toMatchObject({ early: 5, late: 7 });
    const late = store(0);
    const endLate = kept("late", late);
    expect(late.getState().at).toBe(7);
    late.setState({ at: 8 });
    endLate();
    // A panel that is gone keeps what it had.
    late.setState({ at: 9 });
    expect(viewsNow()).toMatchObject({ early: 5, late: 8 });
    end();
  });

  it("tell of changes, and leave a panel alone that does not know what was kept", () => {
    const panel = store(2);
    const end = kept("panel", panel);
    let told = 0;
    const off = watchViews(() => told++);
    panel.setState({ at: 3 });
    expect(told).toBe(1);
    giveViews({ panel: "of another version" });
    expect(panel.getState().at).toBe(3);
    off();
    panel.setState({ at: 4 });
    expect(told).toBe(1);
    end();
  });
});

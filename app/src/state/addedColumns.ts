// Columns that somebody wants to see beside the usual ones, whether a layer has them chosen or not. What follows of them is
// addingColumns.ts.

import type { Column, Target } from "@bitscape/engine";
import { create } from "zustand";
import { keepView } from "./views.ts";

export type AddedColumns = Readonly<Record<Target, readonly Column[]>>;

export const useAddedColumns = create<AddedColumns>()(() => ({ weight: [], activation: [] }));

export const addedColumns = (target: Target): readonly Column[] => useAddedColumns.getState()[target];

keepView<AddedColumns>("columns", {
  read: () => {
    const { weight, activation } = useAddedColumns.getState();
    return { weight, activation };
  },
  give: ({ weight, activation }) =>
    useAddedColumns.setState({ weight: [...weight], activation: [...activation] }),
  watch: (changed) => useAddedColumns.subscribe(changed),
});

// Whether the data's dialog is open, and at which of its parts: whoever finds something wrong with the data can open it there.

import { create } from "zustand";

export type DataPart = "preprocessing" | "labels" | "split";

interface DataDialogState {
  readonly open: boolean;
  readonly part: DataPart;
}

export const useDataDialog = create<DataDialogState>()(() => ({ open: false, part: "preprocessing" }));

export const openDataDialog = (part: DataPart = useDataDialog.getState().part) =>
  useDataDialog.setState({ open: true, part });

export const closeDataDialog = () => useDataDialog.setState({ open: false });

export const showPart = (part: DataPart) => useDataDialog.setState({ part });

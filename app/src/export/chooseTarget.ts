// Where a file that is not held in memory is written: asked of the person by the browser's own dialogs (File System
// Access), which not every browser has. Not the writing, which the worker does.

import type { WriteTarget } from "@bitscape/engine";

/** The part of the File System Access API that TypeScript's DOM does not have. */
interface Pickers {
  showSaveFilePicker?(options: {
    suggestedName: string;
    types: { description: string; accept: Record<string, string[]> }[];
  }): Promise<FileSystemFileHandle>;
  showDirectoryPicker?(options: { mode: "readwrite" }): Promise<FileSystemDirectoryHandle>;
}

const pickers = globalThis as Pickers;

/** Whether files of one name, or of two, can be written where the person says. */
export function canChoose(names: readonly [string, string?]): boolean {
  return (names.length === 1 ? pickers.showSaveFilePicker : pickers.showDirectoryPicker) !== undefined;
}

/** The chosen file, or two files in a chosen folder; undefined where the dialog was dismissed. Call it within a click. */
export async function chooseTarget(names: readonly [string, string?]): Promise<WriteTarget | undefined> {
  const [model, data] = names;
  try {
    if (data === undefined) {
      const types = [{ description: "ONNX model", accept: { "application/octet-stream": [".onnx"] } }];
      const handle = await pickers.showSaveFilePicker?.({ suggestedName: model, types });
      return handle && { model: handle };
    }
    const folder = await pickers.showDirectoryPicker?.({ mode: "readwrite" });
    if (!folder) return undefined;
    return {
      model: await folder.getFileHandle(model, { create: true }),
      data: await folder.getFileHandle(data, { create: true }),
    };
  } catch (error) {
    if ((error as Error).name === "AbortError") return undefined;
    throw error;
  }
}

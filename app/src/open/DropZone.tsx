// The whole page takes drops; while something is held over it, it says what would happen.

import { type ReactNode, useEffect, useState } from "react";
import { report } from "../state/notices.ts";
import { filesOfDrop } from "./dropped.ts";
import { openFiles } from "./open.ts";
import "./open.css";

export function DropZone({ children }: { readonly children: ReactNode }) {
  const [over, setOver] = useState(false);
  useEffect(() => {
    let depth = 0;
    const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const listeners: Record<string, (event: DragEvent) => void> = {
      dragenter(event) {
        if (!holdsFiles(event)) return;
        event.preventDefault();
        depth++;
        setOver(true);
      },
      dragover(event) {
        if (holdsFiles(event)) event.preventDefault();
      },
      dragleave(event) {
        if (!holdsFiles(event)) return;
        depth = Math.max(0, depth - 1);
        if (depth === 0) setOver(false);
      },
      drop(event) {
        depth = 0;
        setOver(false);
        if (!event.dataTransfer || !holdsFiles(event)) return;
        event.preventDefault();
        filesOfDrop(event.dataTransfer).then(openFiles).catch(report);
      },
    };
    const entries = Object.entries(listeners) as [string, EventListener][];
    for (const [name, listener] of entries) window.addEventListener(name, listener);
    return () => {
      for (const [name, listener] of entries) window.removeEventListener(name, listener);
    };
  }, []);
  return (
    <>
      {children}
      {over && (
        <div className="drop-veil" aria-hidden="true">
          <div>
            <strong>Drop a model, data or a recipe</strong>
            <span>
              .onnx with its external data, or a zip of them · .npz .npy .csv .jsonl · a folder or zip of
              images · a recipe
            </span>
          </div>
        </div>
      )}
    </>
  );
}

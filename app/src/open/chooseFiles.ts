// The browser's file chooser. Resolves with nothing when it is dismissed.

import { filesOfInput } from "./dropped.ts";

export function chooseFiles({ multiple = false, folder = false } = {}): Promise<File[]> {
  return new Promise((done) => {
    const input = document.createElement("input");
    input.type = "file";
    input.multiple = multiple;
    input.webkitdirectory = folder;
    input.addEventListener("change", () => done(filesOfInput(input.files)));
    input.addEventListener("cancel", () => done([]));
    input.click();
  });
}

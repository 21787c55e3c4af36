// The two errors of this package that callers branch on. Only `name` and `message` survive the worker boundary.

/** A file that is not a whole, legal ONNX model. The message is a sentence fit to show, on one line. */
export class InvalidModel extends Error {
  override readonly name = "InvalidModel";

  constructor(message: string) {
    // It quotes names out of a file that may be damaged: any characters, any length.
    const line = message.replace(/[\s\p{Cc}]+/gu, " ");
    super(line.length > 500 ? `${line.slice(0, 300)}…${line.slice(-199)}` : line);
  }
}

/** A legal model that uses something we do not support; the message names the node and the reason. */
export class Unsupported extends Error {
  override readonly name = "Unsupported";
}

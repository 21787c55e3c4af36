// The two errors of this package that callers branch on. Only `name` and `message` survive the worker boundary.

/** A file that is not a whole, legal ONNX model. The message is a sentence fit to show. */
export class InvalidModel extends Error {
  override readonly name = "InvalidModel";
}

/** A legal model that uses something we do not support; the message names the node and the reason. */
export class Unsupported extends Error {
  override readonly name = "Unsupported";
}

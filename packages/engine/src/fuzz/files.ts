// The files that the fuzz starts from: those of the tests of opening, and the small networks of the other tests.

import { encodeModel } from "@bitscape/graph";
import { fileCases } from "../network/files.sketch.ts";
import { smallNets } from "../testing/nets.ts";

export const fuzzFiles: readonly Uint8Array[] = [
  ...fileCases.map(({ file }) => file),
  ...smallNets.map(({ model }) => encodeModel(model)),
];

// One case of the fuzz: a file altered at random, through everything that opening does but sessions of the runtime.
// A model or a sentence may come out; anything else is a fault of ours.

import { checkModel, decodeModel, encodeModel } from "@bitscape/graph";
import { seededRandom } from "@bitscape/tensor";
import type { Network } from "../network/network.ts";
import { openNetwork } from "../network/open.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { damaged } from "./bytes.ts";
import { altered } from "./structure.ts";

export type Outcome =
  | { readonly kind: "model" }
  | { readonly kind: "sentence" | "fault"; readonly text: string };

/** Constants are not computed and shapes not measured: what opens here is judged by our code alone. */
const none: Runtime = {
  name: "none",
  load: () => Promise.reject(new Error("runtime: none, expected no session")),
};

/** The file of a case: one of `files`, damaged in its bytes or altered in its structure. */
export function caseFile(files: readonly Uint8Array[], seed: number, index: number): Uint8Array {
  const random = seededRandom((Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)) >>> 0);
  const file = files[Math.floor(random() * files.length)] as Uint8Array;
  if (random() < 0.35) return damaged(file, random);
  const model = altered(decodeModel(file), random);
  try {
    const written = encodeModel(model);
    return random() < 0.1 ? damaged(written, random) : written;
  } catch {
    return damaged(file, random); // what cannot be written cannot be read
  }
}

/** Opens a file and says what came of it. */
export async function attempt(file: Uint8Array): Promise<Outcome> {
  try {
    const network = await openNetwork(file, none, { name: "case.onnx" });
    return judged(network);
  } catch (error) {
    return isSentence(error as Error)
      ? { kind: "sentence", text: (error as Error).message }
      : faultOf(error as Error);
  }
}

/** What the rewrites made must be as legal as what they were given. */
function judged({ model }: Network): Outcome {
  try {
    const text = checkModel(decodeModel(encodeModel(model)), "opened");
    return text ? { kind: "fault", text } : { kind: "model" };
  } catch (error) {
    return faultOf(error as Error);
  }
}

function isSentence({ name, message }: Error): boolean {
  const ours = name === "InvalidModel" || name === "Unsupported" || name === "Error";
  return ours && message.length > 10 && message.length <= 500 && !message.includes("\n");
}

const faultOf = ({ name, message, stack }: Error): Outcome => ({
  kind: "fault",
  text: `${name}: ${message}\n${stack ?? ""}`,
});

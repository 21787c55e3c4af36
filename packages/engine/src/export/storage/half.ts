// 16-bit floats and a Cast, which ONNX Runtime folds: the file is small, memory is not. (It computes bfloat16 nowhere,
// and float16 on few processors, so nothing would be gained by keeping them.)

import { bytesOf } from "@bitscape/tensor";
import { finished, ofKind, type Storage } from "./storage.ts";

export const half: Storage = {
  memories: () => ["expanded"],
  opset: () => 13,
  lay: (site, _, part, encoded) => {
    const dtype = site.format.name as "float16" | "bfloat16";
    const codes = part.constant(`${site.name}.q`, dtype, site.shape, () =>
      bytesOf(ofKind(encoded(), "half").codes),
    );
    return finished(site, codes, part);
  },
};

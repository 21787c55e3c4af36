// Shape rules of operators on images: resizing, sampling, and moving between depth and space.
// Source: ONNX operators to opset 26; com.microsoft.CropAndResize and GridSample.

import { floatsOf, intOf } from "../../attribute.ts";
import type { OpType } from "../../ops/names.ts";
import { resized } from "../resize.ts";
import { each, type InferRule, like, need, needValues, ranked } from "../rule.ts";

const gridSample: InferRule = (site) => {
  const x = need(site, 0);
  const [n = 0, c = 0] = ranked(x, 3);
  return [like(x, [n, c, ...ranked(need(site, 1), 3, "grid").slice(1, -1)])];
};

export const images = {
  DepthToSpace: (site) => {
    const x = need(site, 0);
    const [n = 0, c = 0, h = 0, w = 0] = ranked(x, 4);
    const block = intOf(site.node, "blocksize", 1);
    return [like(x, [n, c / block ** 2, h * block, w * block])];
  },
  SpaceToDepth: (site) => {
    const x = need(site, 0);
    const [n = 0, c = 0, h = 0, w = 0] = ranked(x, 4);
    const block = intOf(site.node, "blocksize", 1);
    return [like(x, [n, c * block ** 2, Math.floor(h / block), Math.floor(w / block)])];
  },

  Resize: (site) => [like(need(site, 0), resized(site))],
  Upsample: (site) => {
    const x = need(site, 0);
    const scales = floatsOf(site.node, "scales") ?? needValues(site, 1);
    return [
      like(
        x,
        x.shape.map((size, i) => Math.floor(Math.fround(size * (scales[i] ?? 1)))),
      ),
    ];
  },

  ...each(["GridSample", "com.microsoft.GridSample"], gridSample),

  "com.microsoft.CropAndResize": (site) => {
    // x [N, C, H, W], rois [R, 4], batch indices, crop size [2].
    const x = need(site, 0);
    const [rois = 0] = ranked(need(site, 1), 2, "rois");
    return [like(x, [rois, ranked(x, 4)[1] as number, ...needValues(site, 3)])];
  },

  AffineGrid: (site) => {
    const [n = 0, , ...sizes] = needValues(site, 1);
    return [like(need(site, 0), [n, ...sizes, sizes.length])];
  },
} satisfies Partial<Record<OpType, InferRule>>;

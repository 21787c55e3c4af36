// The page's Content-Security-Policy, written into the built HTML: the page that holds a person's network and data connects
// to nobody. Only the frame that fetches what they ask for (fetch.html) may, and it holds nothing else.
// Not while developing: hot reloading needs inline scripts.

import { appendFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

const shared = {
  "default-src": "'none'",
  // WebAssembly is compiled, never text.
  "script-src": "'self' 'wasm-unsafe-eval'",
  "base-uri": "'none'",
  "form-action": "'none'",
};

export const policies: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "index.html": {
    ...shared,
    // Radix and Recharts set styles on elements and add style elements of their own.
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' blob: data:",
    "font-src": "'self'",
    "media-src": "'self' blob:",
    "connect-src": "'self' blob:",
    "worker-src": "'self'",
    "frame-src": "'self'",
    "manifest-src": "'self'",
  },
  "fetch.html": { ...shared, "connect-src": "'self' https: http:" },
};

export const policyText = (policy: Readonly<Record<string, string>>) =>
  Object.entries(policy)
    .map(([name, sources]) => `${name} ${sources}`)
    .join("; ");

export function contentPolicy(): Plugin {
  return {
    name: "bitscape:content-policy",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(_, { path }) {
        const policy = policies[path.replace(/^\//, "")];
        if (!policy) throw new Error(`${path}: a page without a policy, expected one in app/vite/policy.ts`);
        return [
          {
            tag: "meta",
            attrs: { "http-equiv": "Content-Security-Policy", content: policyText(policy) },
            injectTo: "head-prepend",
          },
        ];
      },
    },
    // Workers have the policy that comes with their script, which a page cannot carry; hosts send it (_headers).
    writeBundle({ dir }) {
      const policy = policyText(policies["index.html"] ?? {});
      const rules = ["/", "/index.html", "/assets/*"].map(
        (path) => `\n${path}\n  Content-Security-Policy: ${policy}\n`,
      );
      if (dir) appendFileSync(join(dir, "_headers"), rules.join(""));
    },
  };
}

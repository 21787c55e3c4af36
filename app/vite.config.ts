import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin, type Rolldown } from "vite";
import { VitePWA } from "vite-plugin-pwa";
import { LICENCES, workerLicences } from "./vite/licences.ts";
import { contentPolicy } from "./vite/policy.ts";

// Threads in WebAssembly need a cross-origin isolated page.
const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};
const here = import.meta.dirname;
const { version } = JSON.parse(readFileSync(resolve(here, "../package.json"), "utf8")) as { version: string };
const engine = resolve(here, "../packages/engine");

/**
 * Modules that go into one file: each file costs a request, and small ones pack badly. What they import by the index of a package,
 * they seldom use: each is asked for itself.
 */
const together = (...groups: Rolldown.CodeSplittingGroup[]) => ({
  includeDependenciesRecursively: false,
  groups,
});

/**
 * The page: what it is drawn with, what of its own is loaded at first, and what one works on (Work.tsx). The page that asks for an
 * address has neither.
 */
const first = together(
  {
    name: "react",
    test: /node_modules[\\/](react|react-dom|scheduler|zustand|use-sync-external-store)[\\/]/,
  },
  { name: "first", test: /[\\/]app[\\/]src[\\/](?!fetch)/, tags: ["$initial"] },
  { name: "work", test: /[\\/]app[\\/]src[\\/](Work|(layers|inspector|budget)[\\/](?!LayersTable))/ },
);

/**
 * A worker: what the same rooms use, but for small parts (bytes), which go with others. ONNX Runtime stays by itself, as its helper
 * threads load the file that it is in again.
 */
const shared = together({
  name: "shared",
  test: /^(?!.*onnxruntime)/,
  minShareCount: 2,
  entriesAware: true,
  entriesAwareMergeThreshold: 8000,
});

export default defineConfig({
  root: here,
  base: "./",
  publicDir: "../public",
  plugins: [react(), contentPolicy(), workerLicences([here, engine]), offline()],
  define: { "import.meta.env.BITSCAPE_VERSION": JSON.stringify(version) },
  worker: { format: "es", rolldownOptions: { output: { codeSplitting: shared } } },
  build: {
    rolldownOptions: {
      input: [resolve(here, "index.html"), resolve(here, "fetch.html")],
      output: { codeSplitting: first },
    },
    license: { fileName: LICENCES },
  },
  optimizeDeps: { entries: ["index.html", "../packages/engine/src/worker/worker.ts"] },
  server: { headers: isolation },
  preview: { headers: isolation },
});

/** The page without a network: everything that was built is kept by the browser after the first visit. */
function offline(): Plugin[] {
  return VitePWA({
    // The page registers it itself, when it is not busy (keep/offline.ts).
    injectRegister: false,
    registerType: "prompt",
    manifest: {
      name: "Bitscape",
      short_name: "Bitscape",
      description: "See which layers of a network can lose bits, take the bits away, keep the accuracy.",
      display: "standalone",
      background_color: "#f4f5f6",
      theme_color: "#0b6b70",
      icons: [{ src: "favicon.svg", sizes: "any", type: "image/svg+xml" }],
    },
    workbox: {
      globPatterns: ["**/*.{html,js,css,wasm,svg,woff2,onnx,md}"],
      maximumFileSizeToCacheInBytes: 64 * 2 ** 20,
      // Hashed names need no second hash in their address.
      dontCacheBustURLsMatching: /assets\//,
      navigateFallback: "index.html",
      navigateFallbackDenylist: [/fetch\.html/, /\.md$/],
      cleanupOutdatedCaches: true,
    },
  });
}

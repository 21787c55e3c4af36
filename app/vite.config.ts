import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
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

export default defineConfig({
  root: here,
  base: "./",
  publicDir: "../public",
  plugins: [react(), contentPolicy(), workerLicences([here, engine]), offline()],
  define: { "import.meta.env.BITSCAPE_VERSION": JSON.stringify(version) },
  worker: { format: "es" },
  build: {
    rolldownOptions: { input: [resolve(here, "index.html"), resolve(here, "fetch.html")] },
    license: { fileName: LICENCES },
  },
  optimizeDeps: { entries: ["index.html", "../packages/engine/src/worker.ts"] },
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

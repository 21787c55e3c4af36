import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// Threads in WebAssembly need a cross-origin isolated page.
const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  publicDir: "../public",
  plugins: [react()],
  worker: { format: "es" },
  optimizeDeps: { entries: ["index.html", "../packages/engine/src/worker.ts"] },
  server: { headers: isolation },
  preview: { headers: isolation },
});

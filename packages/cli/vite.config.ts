import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  build: { ssr: "src/main.ts", target: "node20" },
  ssr: { noExternal: [/^@bitscape\//] },
});

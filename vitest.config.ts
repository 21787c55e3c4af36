import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Every core: by itself Vitest leaves one free, which is half of two.
    maxWorkers: "100%",
    projects: [
      { test: { name: "packages", include: ["packages/*/src/**/*.test.ts"], testTimeout: 60_000 } },
      { test: { name: "app", include: ["app/src/**/*.test.{ts,tsx}"], environment: "jsdom" } },
    ],
  },
});

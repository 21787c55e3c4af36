import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      { test: { name: "packages", include: ["packages/*/src/**/*.test.ts"], testTimeout: 60_000 } },
      { test: { name: "app", include: ["app/src/**/*.test.{ts,tsx}"], environment: "jsdom" } },
    ],
  },
});

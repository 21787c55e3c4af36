// The types of browser.mjs, for e2e/playwright.config.ts.
export function findBrowser(): string | undefined;
export function ensureBrowser(): Promise<string>;

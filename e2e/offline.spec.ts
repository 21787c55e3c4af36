// Without a network: after the first visit the page comes from the browser's own storage, and works.

import { expect, patient, test } from "./studio.ts";

test.use({ serviceWorkers: "allow" });

test("after a first visit the studio opens and measures without a network", async ({
  studio,
  page,
  context,
}) => {
  await studio.open();
  // Resolves when everything has been stored.
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await context.setOffline(true);
  await page.reload();
  await expect(studio.known.first()).toBeVisible(patient);
  await studio.openSample("Shapes MobileNet");
  await expect(page.getByRole("button", { name: "Open a model or data" })).toHaveText(
    "shapes-mobile.onnx",
    patient,
  );
  await expect(studio.known.first()).toBeVisible(patient);
  const { words } = await studio.export();
  expect(words).toMatch(/^Verified/);
});

test.describe("the content policy", () => {
  test.use({ expected: /^console: .*(Content Security Policy)/ });

  test("the page may run no script but its own, and connect to no other origin", async ({ studio, page }) => {
    await studio.open();
    const policy = await page.locator("meta[http-equiv='Content-Security-Policy']").getAttribute("content");
    expect(policy).toMatch(/default-src 'none'/);
    expect(policy).not.toMatch(/https?:|'unsafe-eval'|\*/);
    const answer = await page.evaluate(() =>
      fetch("https://example.org/").then(
        () => "answered",
        () => "refused",
      ),
    );
    expect(answer).toBe("refused");
  });
});

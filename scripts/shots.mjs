// What pictures are taken of the studio, and how each is reached: a table. Places are found by role and name, waited for by what
// they show, never by time. pictures.mjs takes them.

/**
 * @typedef {import("@playwright/test").Page} Page
 * @typedef {import("@playwright/test").Locator} Locator
 * @typedef {object} Shot
 * @property {string} name of the file: docs/NAME-light.png
 * @property {string} caption for the gallery
 * @property {(page: Page) => Promise<Locator | void>} reach leaves the page as it is to be seen; what it returns is
 *   photographed, otherwise the window
 * @property {readonly [width: number, height: number]} [size] of the window, otherwise 1440 × 900
 */

export const patience = { timeout: 180_000 };

/** @param {Page} page @param {string} title */
async function panel(page, title) {
  const tab = page.getByRole("tab", { name: title, exact: true });
  // The tab of the panel that is open would close it.
  if ((await tab.getAttribute("aria-selected")) !== "true") await tab.click();
  const larger = page.getByRole("button", { name: "Larger panel" });
  if (await larger.isVisible()) await larger.click();
  const shown = page.getByRole("tabpanel", { name: title });
  await shown.waitFor(patience);
  await shown.getByText("Loading…").waitFor({ state: "detached", ...patience });
  return shown;
}

/** Work that is going on in a panel ends: a slice refines, samples are compared. @param {Page} page */
const settled = (page) =>
  page.waitForFunction(() => !document.querySelector('[role="tabpanel"] [role="progressbar"]'), undefined, {
    timeout: 300_000,
  });

/** @param {Page} page @param {string} view */
async function landscape(page, view) {
  const shown = await panel(page, "Landscape");
  await shown.getByRole("radio", { name: view }).click();
  return shown;
}

/** Opens a dialog by what opens it, and waits for what it shows. @param {Page} page @param {string} name */
async function dialog(page, name) {
  const found = page.getByRole("dialog", { name });
  await found.waitFor(patience);
  return found;
}

/** A recipe that hurts a little: otherwise there is nothing to compare. @param {Page} page */
async function harm(page) {
  for (const layer of ["stem/conv", "block1/conv1", "block3/conv2"]) {
    await page.getByRole("gridcell", { name: new RegExp(`^${layer}, weight, 2 bits`) }).click();
  }
}

/** @param {Page} page */
async function closePanel(page) {
  const close = page.getByRole("button", { name: "Close panel" });
  if (await close.isVisible()) await close.click();
}

/** In this order: what one shot leaves, the next begins with. @type {readonly Shot[]} */
export const shots = [
  {
    name: "studio",
    caption: "The studio with its bundled sample: a heatmap of what every bit-width of every layer costs.",
    async reach() {},
  },
  {
    name: "open",
    caption: "Opening: files, an address, a recipe, or a sample.",
    async reach(page) {
      await page.getByRole("button", { name: "Open a model or data" }).click();
      await page.getByRole("menu").waitFor(patience);
    },
  },
  {
    name: "samples",
    caption: "The samples, with pictures of their data.",
    async reach(page) {
      await page.getByRole("menuitem", { name: /^Samples with pictures/ }).click();
      return dialog(page, "Samples");
    },
  },
  {
    name: "about",
    caption: "What was read of a model, and what of it cannot be quantized, and why.",
    async reach(page) {
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: /^About this model/ }).click();
      return dialog(page, "About this model");
    },
  },
  {
    name: "data",
    caption: "Data: what the network will see, how it is preprocessed, labels and split.",
    async reach(page) {
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Data…" }).click();
      const found = await dialog(page, "Data");
      await found.getByText("Looking at the samples…").waitFor({ state: "detached", ...patience });
      return found;
    },
  },
  {
    name: "predicted",
    caption:
      "How far predictions can be trusted: predicted against measured, and the rank correlation at each width.",
    async reach(page) {
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: /^Predictions (dis)?agree/ }).click();
      const found = await dialog(page, "How far to trust predictions");
      await found.getByRole("img", { name: /predicted against measured/ }).waitFor(patience);
      return found;
    },
  },
  {
    name: "interactions",
    caption: "Which layers’ errors add up, and which cancel.",
    async reach(page) {
      const found = await dialog(page, "How far to trust predictions");
      await found.getByRole("radio", { name: "Interactions of layers" }).click();
      await found.getByRole("application", { name: /^Interactions of/ }).waitFor(patience);
      return found;
    },
  },
  {
    name: "table",
    caption: "The heatmap as a table, for those who cannot see colours.",
    async reach(page) {
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: /^Rows/ }).click();
      await page.getByRole("menuitem", { name: /View as table/ }).click();
      return dialog(page, "Layers as a table");
    },
  },
  {
    name: "groups",
    caption: "Rows grouped by module: a cell is the worst of its layers, and sets them all.",
    async reach(page) {
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: /^Rows/ }).click();
      await page.getByRole("menuitemcheckbox", { name: /^Group by module/ }).click();
      await page.keyboard.press("Escape");
      await page.getByRole("treegrid").waitFor(patience);
      return page.getByRole("region", { name: "Sensitivity" });
    },
  },
  {
    name: "inspector",
    caption:
      "A layer: its distribution with the grid, its channels, its scheme, what it costs and what would mend it.",
    size: [1440, 2800],
    async reach(page) {
      await page.getByRole("button", { name: /^Rows/ }).click();
      await page.getByRole("menuitemcheckbox", { name: /^Group by module/ }).click();
      await page.keyboard.press("Escape");
      await page.getByRole("grid", { name: /^Sensitivity/ }).waitFor(patience);
      await harm(page);
      const found = page.getByRole("region", { name: "Layer", exact: true });
      await found.getByRole("img").first().waitFor(patience);
      const remedies = found.getByRole("region", { name: /^Why it is fragile/ });
      await remedies.getByRole("button", { name: "Try remedies" }).click();
      await remedies.getByRole("list", { name: "Remedies" }).waitFor(patience);
      await remedies.getByRole("button", { name: "Cancel" }).waitFor({ state: "detached", timeout: 600_000 });
      return found;
    },
  },
  {
    name: "budget",
    caption: "The budget: the Pareto front, where the recipe stands, the slider, limits and rules.",
    size: [1440, 1800],
    async reach(page) {
      const found = page.getByRole("region", { name: "Budget" });
      await found.getByRole("img").first().waitFor(patience);
      const limits = found.locator("summary").filter({ hasText: "Limits" });
      if ((await limits.locator("xpath=..").getAttribute("open")) === null) await limits.click();
      return found;
    },
  },
  {
    name: "graph",
    caption: "The network as a graph, coloured by the same findings.",
    async reach(page) {
      const shown = await panel(page, "Graph");
      await shown.getByText("block4/").first().waitFor(patience);
    },
  },
  {
    name: "landscape",
    caption: "The loss over the clips of two tensors, with a crosshair that sets them.",
    async reach(page) {
      await landscape(page, "Two clips");
      await page
        .getByText(/interaction share/i)
        .first()
        .waitFor(patience);
      await settled(page);
    },
  },
  {
    name: "coupling",
    caption: "Which clips must be chosen jointly.",
    async reach(page) {
      const shown = await landscape(page, "Coupling");
      await shown.getByRole("application", { name: /^Coupling of/ }).waitFor({ timeout: 600_000 });
      await settled(page);
    },
  },
  {
    name: "weight-space",
    caption: "The loss around the float and the quantized weights.",
    async reach(page) {
      const shown = await landscape(page, "Weight space");
      await shown.locator("figure").first().waitFor(patience);
      await settled(page);
    },
  },
  {
    name: "joint",
    caption: "All clips chosen jointly by the loss of the whole network (LAPQ), judged on samples held out.",
    async reach(page) {
      const shown = await landscape(page, "All clips jointly");
      await shown.getByRole("button", { name: "Optimize the clips" }).click();
      await shown.getByRole("figure", { name: "Clips before and after" }).waitFor({ timeout: 600_000 });
    },
  },
  {
    name: "compare",
    caption:
      "Float beside quantized: answers that changed, the samples that suffer most, and where the error grows.",
    async reach(page) {
      await panel(page, "Compare");
      await page.getByRole("button", { name: /dB$/ }).first().waitFor(patience);
      await settled(page);
    },
  },
  {
    name: "methods",
    caption: "Methods that repair what rounding broke, each with before and after.",
    async reach(page) {
      const shown = await panel(page, "Methods");
      await shown.getByRole("button", { name: "Try all", exact: true }).click();
      await shown.getByRole("button", { name: "Stop trying all" }).waitFor(patience);
      await shown
        .getByRole("button", { name: "Stop trying all" })
        .waitFor({ state: "detached", timeout: 900_000 });
    },
  },
  {
    name: "report",
    caption: "The report, one file with the pictures in it.",
    async reach(page) {
      await panel(page, "Report");
      await page.getByTitle("The report").waitFor(patience);
    },
  },
  {
    name: "guide",
    caption: "The guide: one study step by step, the keys, the words.",
    async reach(page) {
      await panel(page, "Guide");
      await page.getByText("One study, step by step").waitFor(patience);
    },
  },
  {
    name: "export",
    caption: "A file that was written, opened again, run, and compared with what the screen promised.",
    async reach(page) {
      await closePanel(page);
      await page.getByRole("button", { name: "Export", exact: true }).click();
      const found = await dialog(page, "Export");
      await found.getByRole("region", { name: "Verification" }).waitFor(patience);
      return found;
    },
  },
  {
    name: "narrow",
    caption: "At 1024 pixels, with a panel open.",
    size: [1024, 768],
    async reach(page) {
      await page.keyboard.press("Escape");
      await page.getByRole("tab", { name: "Graph", exact: true }).click();
      await page.getByRole("tabpanel", { name: "Graph" }).getByText("block1/").first().waitFor(patience);
    },
  },
  {
    name: "phone",
    caption: "On a phone.",
    size: [390, 844],
    async reach(page) {
      await closePanel(page);
      await page.getByRole("region", { name: "Sensitivity" }).waitFor(patience);
      await page.evaluate(() => window.scrollTo(0, 0));
    },
  },
];

// The studio as a person meets it: what is on the page by role and name, and what is done with it.
// Every test is watched: a console error, a page error or a request to another host fails it.

import { readFile } from "node:fs/promises";
import { test as base, type Download, expect, type Locator, type Page } from "@playwright/test";

export { expect };

export type Target = "weight" | "activation";
/** A width of integers, "float", or another format's name on the screen. */
export type Bits = number | string;

interface Fixtures {
  readonly studio: Studio;
  /** Complaints that a journey is about, and so are none. */
  readonly expected: RegExp | null;
  readonly watched: undefined;
}

export const test = base.extend<Fixtures>({
  studio: async ({ page }, use) => {
    await use(new Studio(page));
  },
  expected: [null, { option: true }],
  watched: [
    async ({ context, baseURL, expected }, use) => {
      const complaints: string[] = [];
      const { host } = new URL(baseURL ?? "");
      context.on("console", (message) => {
        if (message.type() === "error") complaints.push(`console: ${message.text()}`);
      });
      context.on("weberror", (error) => complaints.push(`page: ${error.error()}`));
      context.on("request", (request) => {
        const url = new URL(request.url());
        if (["http:", "https:", "ws:", "wss:"].includes(url.protocol) && url.host !== host) {
          complaints.push(`request to another host: ${request.url()}`);
        }
      });
      await use(undefined);
      const unexpected = complaints.filter((complaint) => !expected?.test(complaint));
      expect(unexpected).toEqual([]);
    },
    { auto: true },
  ],
});

/** Two cores shared with others: long enough for them, far from for ever. */
export const patient = { timeout: 60_000 };

export class Studio {
  readonly page: Page;
  readonly heatmap: Locator;
  readonly cells: Locator;
  readonly alerts: Locator;
  readonly sensitivity: Locator;
  readonly progress: Locator;

  constructor(page: Page) {
    this.page = page;
    this.heatmap = page.getByRole("grid", { name: /sensitivity/i });
    this.cells = this.heatmap.getByRole("gridcell");
    this.alerts = page.getByRole("alert");
    this.sensitivity = page.getByRole("region", { name: "Sensitivity" });
    this.progress = this.sensitivity.getByRole("progressbar", { name: "Cells measured" });
  }

  /** The first visit, up to the first cells of the sample's heatmap, predicted or measured. */
  async open(): Promise<void> {
    await this.page.goto("/");
    await expect(this.known.first()).toBeVisible(patient);
  }

  /** The same, and then no cell is measured in the background: for journeys that are about something else. */
  async openCalmly(): Promise<void> {
    await this.open();
    await this.sensitivity.getByRole("button", { name: "Cancel", exact: true }).click(patient);
    await expect(this.sensitivity.getByRole("button", { name: "Resume", exact: true })).toBeVisible(patient);
  }

  /** Opens one of the bundled samples by its title. */
  async openSample(title: string): Promise<void> {
    await this.page.getByRole("button", { name: "Open a model or data" }).click();
    await this.page.getByRole("menuitemcheckbox", { name: title }).click();
  }

  // ── the heatmap

  get measured(): Locator {
    return this.cells.and(this.page.getByRole("gridcell", { name: /, measured on / }));
  }

  get known(): Locator {
    return this.cells.and(this.page.getByRole("gridcell", { name: /, (measured|predicted \(.*\)) on / }));
  }

  get predicted(): Locator {
    return this.cells.and(this.page.getByRole("gridcell", { name: /, predicted \(/ }));
  }

  /** Cells that are not measured yet, predicted or not. */
  get unmeasured(): Locator {
    return this.cells.and(this.page.getByRole("gridcell", { name: /, not yet known|, predicted \(/ }));
  }

  get unknown(): Locator {
    return this.cells.and(this.page.getByRole("gridcell", { name: /, not yet known/ }));
  }

  cell(layer: string, bits: Bits, target: Target = "weight"): Locator {
    const words = typeof bits === "number" ? `${bits} bits` : bits;
    return this.heatmap.getByRole("gridcell", { name: startingWith(`${layer}, ${target}, ${words},`) });
  }

  /** The cell that the recipe has chosen for a layer. */
  chosen(layer: string, target: Target = "weight"): Locator {
    return this.heatmap.getByRole("gridcell", {
      name: startingWith(`${layer}, ${target}, `),
      selected: true,
    });
  }

  /** Layers that have weights, in the order of the rows. */
  async layers(): Promise<string[]> {
    const names = await namesOf(this.heatmap.getByRole("gridcell", { name: /, weight, 4 bits, / }));
    return names
      .filter((name) => !name.endsWith("nothing to quantize"))
      .map((name) => name.split(", weight, ", 1)[0] as string);
  }

  async choose(layer: string, bits: Bits, target: Target = "weight"): Promise<void> {
    await this.cell(layer, bits, target).click();
    await expect(this.cell(layer, bits, target)).toHaveAttribute("aria-selected", "true");
  }

  /** No cell without its colour, and all of them measured. */
  async filled(timeout = patient.timeout): Promise<void> {
    await expect(this.measured.first()).toBeVisible({ timeout });
    await expect(this.unmeasured).toHaveCount(0, { timeout });
  }

  /** Chooses the format of the selected layer in the inspector. */
  async format(title: string): Promise<void> {
    await this.page.getByRole("combobox", { name: "Format" }).click();
    await this.page.getByRole("option", { name: title, exact: true }).click();
    await expect(this.page.getByRole("combobox", { name: "Format" })).toHaveText(title);
  }

  /** Accessible names of the cells that are measured: what is known, to compare with later. */
  knownCells(): Promise<string[]> {
    return namesOf(this.measured);
  }

  // ── the readouts

  /** Exact length in bytes of the file that Export would write for the present recipe. */
  async size(): Promise<number> {
    const figure = this.page.getByRole("region", { name: "File size" }).getByRole("button").last();
    await expect(figure).not.toHaveAttribute("data-stale", "true", patient);
    await expect(figure).not.toHaveText(/…/, patient);
    const tip = this.page.getByRole("tooltip").filter({ hasText: /exactly/ });
    // Hovering leaves the focus where it is.
    await expect(async () => {
      await this.page.mouse.move(0, 0);
      await figure.hover({ timeout: 1000 });
      await expect(tip).toBeAttached({ timeout: 1000 });
    }).toPass(patient);
    const text = (await tip.textContent()) ?? "";
    await this.page.mouse.move(0, 0);
    return Number(/exactly ([\d,]+) bytes/.exec(text)?.[1]?.replaceAll(",", ""));
  }

  /** Top-1 of the present recipe in percent, once it is measured through. */
  async accuracy(): Promise<number> {
    const figure = this.page.getByRole("region", { name: "Top-1 accuracy" }).getByRole("button").last();
    await expect(figure).toHaveText(/[^a-z]measured, n=/, patient);
    return percentOf((await figure.textContent()) ?? "");
  }

  /** Top-1 of the float network in percent, once it has run through. */
  async floatAccuracy(): Promise<number> {
    const figure = this.page.getByRole("region", { name: "Top-1 accuracy" }).getByRole("button").first();
    await expect(figure).toHaveText(/float top-1/, patient);
    // The strip below says how many samples it rests on, with an ellipsis while it is running.
    await expect(this.page.getByText(/^float top-1 .*\(n=[\d,]+\)$/).first()).toBeVisible(patient);
    return percentOf((await figure.textContent()) ?? "");
  }

  // ── opening

  /** Chooses files through the menu of the bar. */
  async chooseFiles(files: string | readonly string[]): Promise<void> {
    const chooser = this.page.waitForEvent("filechooser");
    await this.page.getByRole("button", { name: "Open a model or data" }).click();
    await this.page.getByRole("menuitem", { name: /^Open files/ }).click();
    await (await chooser).setFiles([files].flat() as string[]);
  }

  /** Drops files on the page as the system does it. */
  async drop(...files: string[]): Promise<void> {
    const session = await this.page.context().newCDPSession(this.page);
    const data = { items: [], files, dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"] as const) {
      await session.send("Input.dispatchDragEvent", { type, x: 400, y: 400, data });
    }
    await session.detach();
  }

  /** The dialog about the data. */
  async dataDialog(): Promise<Locator> {
    await this.page.getByRole("button", { name: "Data…" }).click();
    const dialog = this.page.getByRole("dialog", { name: "Data" });
    await expect(dialog).toBeVisible();
    return dialog;
  }

  /** The list of what this browser keeps. */
  async keptStudies(): Promise<Locator> {
    await this.page.getByRole("button", { name: "Open a model or data" }).click();
    await this.page.getByRole("menuitem", { name: /^Kept studies/ }).click();
    const dialog = this.page.getByRole("dialog", { name: "Kept studies" });
    await expect(dialog).toBeVisible();
    return dialog;
  }

  // ── export

  /** Exports the present recipe and waits for the verification's verdict. */
  async export(): Promise<Exported> {
    await this.page.getByRole("button", { name: "Export", exact: true }).click();
    const dialog = this.page.getByRole("dialog", { name: "Export" });
    const verification = dialog.getByRole("region", { name: "Verification" });
    await expect(verification).toBeVisible(patient);
    return {
      dialog,
      verification,
      words: (await verification.textContent()) ?? "",
      text: (await dialog.textContent()) ?? "",
    };
  }

  async download(from: Locator, button: string | RegExp): Promise<{ bytes: Buffer; download: Download }> {
    const started = this.page.waitForEvent("download");
    await from.getByRole("button", { name: button }).click();
    const download = await started;
    return { bytes: await readFile(await download.path()), download };
  }

  /** Sets all layers by one of the presets. */
  async preset(title: string): Promise<void> {
    await this.page.getByRole("button", { name: /^(Preset|W\d(A\d)?|FP8)$/ }).click();
    await this.page.getByRole("menuitemcheckbox", { name: startingWith(title) }).click();
  }

  async undo(): Promise<void> {
    await this.page.getByRole("button", { name: "Undo" }).click();
  }

  async redo(): Promise<void> {
    await this.page.getByRole("button", { name: "Redo" }).click();
  }
}

export interface Exported {
  readonly dialog: Locator;
  readonly verification: Locator;
  /** What the verification says. */
  readonly words: string;
  readonly text: string;
}

/** Exact bytes in a text such as "83.1 kB (83,123 bytes)". */
export const bytesIn = (text: string) =>
  Number(/\(([\d,]+) bytes\)/.exec(text)?.[1]?.replaceAll(",", "") ?? Number.NaN);

const percentOf = (text: string) => Number(/([\d.]+) %/.exec(text)?.[1] ?? Number.NaN);

const namesOf = (cells: Locator) =>
  cells.evaluateAll((found) => found.map((cell) => cell.getAttribute("aria-label") ?? ""));

const startingWith = (text: string) => new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")}`);

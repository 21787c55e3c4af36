// The keyboard alone: going from stop to stop with Tab, and whether one can see where one is.

import { expect, type Locator, type Page } from "@playwright/test";

/** More stops than the page has on the way round. */
const MOST = 150;

/** What cannot be seen of where the focus is; null where all is well. Runs in the page. */
export function unseen(): string | null {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const name = `${at.tagName.toLowerCase()}.${at.getAttribute("class") ?? ""} "${at.getAttribute("aria-label") ?? at.textContent?.slice(0, 40)}"`;
  // A dialog that has just opened is all there is.
  if (at.getAttribute("role") === "dialog") return null;
  const { left, right, top, bottom, width, height } = at.getBoundingClientRect();
  if (width === 0 || height === 0) return `${name}: has no extent`;
  if (right <= 0 || bottom <= 0 || left >= innerWidth || top >= innerHeight)
    return `${name}: is outside the window`;
  const clear = (colour: string) => /^(transparent|rgba\(.*, 0\))$/.test(colour);
  const marked = [undefined, "::before", "::after"].some((part) => {
    const style = getComputedStyle(at, part);
    if (part && style.content === "none") return false;
    const { outlineStyle, outlineWidth, outlineColor, boxShadow } = style;
    const ring = outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 1 && !clear(outlineColor);
    return (
      ring || boxShadow !== "none" || (part && at.matches(":focus-visible") && !clear(style.backgroundColor))
    );
  });
  if (marked) return null;
  // Items of menus and lists have another ground than their fellows.
  const fellow = [...(at.parentElement?.children ?? [])].find(
    (each) => each !== at && each.getAttribute("role") === at.getAttribute("role"),
  );
  const ground = getComputedStyle(at).backgroundColor;
  if (at.hasAttribute("data-highlighted") && fellow && getComputedStyle(fellow).backgroundColor !== ground)
    return null;
  return `${name}: has the focus and does not show it`;
}

/** The focus is somewhere that can be seen. */
export async function seen(page: Page): Promise<void> {
  await expect.poll(() => page.evaluate(unseen)).toBeNull();
}

/** Presses a key, and looks where it led. */
export async function press(page: Page, key: string): Promise<void> {
  await page.keyboard.press(key);
  await seen(page);
}

/** Goes on with Tab (or another key) until something has the focus. */
export async function reach(page: Page, wanted: Locator, key = "Tab"): Promise<void> {
  for (let i = 0; i < MOST; i++) {
    if (await wanted.evaluateAll((all) => all.some((each) => each === document.activeElement)))
      return seen(page);
    await press(page, key);
  }
  await expect(wanted, `not reached with ${key}`).toBeFocused();
}

/** Once round the page with Tab: every stop, by what it is called. Fails where one cannot be seen, or never ends. */
export async function round(page: Page): Promise<string[]> {
  const stops: string[] = [];
  const name = () =>
    page.evaluate(() => {
      const at = document.activeElement;
      return !at || at === document.body
        ? null
        : (at.getAttribute("aria-label") ?? at.textContent ?? at.tagName);
    });
  // From the page's beginning on.
  await page.evaluate(() => {
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute("tabindex");
  });
  for (let i = 0; i < MOST; i++) {
    await press(page, "Tab");
    const at = await name();
    // Beyond the last stop the browser's own bar would have the focus.
    if (at === null) return stops;
    stops.push(at);
  }
  throw new Error(`${MOST} stops and no end: ${stops.slice(-5).join(" → ")}`);
}

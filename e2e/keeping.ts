// What the browser keeps of a study, looked at from outside: the database's own rows. Runs in the page, as itself.

import type { Page } from "@playwright/test";

/** Does something with the database of the page's origin, and closes it. */
async function inDatabase<Arg, Result>(
  page: Page,
  work: (db: IDBDatabase, arg: Arg) => Promise<Result>,
  arg: Arg,
): Promise<Result> {
  const db = await page.evaluateHandle(
    () =>
      new Promise<IDBDatabase>((done, fail) => {
        const asked = indexedDB.open("bitscape");
        asked.onsuccess = () => done(asked.result);
        asked.onerror = () => fail(asked.error);
      }),
  );
  try {
    return (await db.evaluate(work as (db: IDBDatabase, arg: unknown) => Promise<Result>, arg)) as Result;
  } finally {
    await db.evaluate((open) => open.close());
    await db.dispose();
  }
}

/** Studies that are kept. */
export const studiesKept = (page: Page) =>
  inDatabase(
    page,
    (db) =>
      new Promise<number>((done) => {
        const asked = db.transaction("studies").objectStore("studies").count();
        asked.onsuccess = () => done(asked.result);
      }),
    null,
  );

/** Measured cells that are kept of all studies. */
export const cellsKept = (page: Page) =>
  inDatabase(
    page,
    async (db) => {
      if (!db.objectStoreNames.contains("rows")) return 0;
      const all = <T>(asked: IDBRequest<T>) =>
        new Promise<T>((done, fail) => {
          asked.onsuccess = () => done(asked.result);
          asked.onerror = () => fail(asked.error);
        });
      const rows = db.transaction("rows").objectStore("rows");
      const [keys, values] = await Promise.all([all(rows.getAllKeys()), all(rows.getAll())]);
      const measured = values.filter((_, i) => (keys[i] as string[])[1] === "measured");
      return measured.reduce((sum: number, row: unknown[]) => sum + row.length, 0);
    },
    null,
  );

/** Of the study that was kept last: when, and how many samples it evaluates. */
export const latestKept = (page: Page) =>
  inDatabase(
    page,
    async (db) => {
      const cursor = db
        .transaction("studies")
        .objectStore("studies")
        .index("updated")
        .openCursor(null, "prev");
      await new Promise((done) => {
        cursor.onsuccess = done;
      });
      const { key, value } = cursor.result ?? {};
      return { at: String(key), evaluation: Number(value?.data.evaluation) };
    },
    null,
  );

/** Changes the document of the study that was kept last. */
export const tamper = (page: Page, change: Readonly<Record<string, unknown>>) =>
  inDatabase(
    page,
    async (db, fields) => {
      const writing = db.transaction("studies", "readwrite");
      const cursor = writing.objectStore("studies").index("updated").openCursor(null, "prev");
      cursor.onsuccess = () => {
        cursor.result?.update({ ...cursor.result.value, ...fields });
      };
      await new Promise((done) => {
        writing.oncomplete = done;
      });
    },
    change,
  );

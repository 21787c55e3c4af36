// What the browser keeps of a study, looked at from outside: the database's own rows. Runs in the page, as itself.

import type { Page } from "@playwright/test";

/** Measured cells that are kept of all studies, in the database of the page's origin. */
export const cellsKept = (page: Page) =>
  page.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((done, fail) => {
      const asked = indexedDB.open("bitscape");
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => fail(asked.error);
    });
    const all = <T>(asked: IDBRequest<T>) =>
      new Promise<T>((done, fail) => {
        asked.onsuccess = () => done(asked.result);
        asked.onerror = () => fail(asked.error);
      });
    try {
      if (!db.objectStoreNames.contains("rows")) return 0;
      const rows = db.transaction("rows").objectStore("rows");
      const [keys, values] = await Promise.all([all(rows.getAllKeys()), all(rows.getAll())]);
      const measured = values.filter((_, i) => (keys[i] as string[])[1] === "measured");
      return measured.reduce((sum: number, row: unknown[]) => sum + row.length, 0);
    } finally {
      db.close();
    }
  });

/** When a study was last kept. */
export const lastKept = (page: Page) =>
  page.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((done, fail) => {
      const asked = indexedDB.open("bitscape");
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => fail(asked.error);
    });
    const cursor = db.transaction("studies").objectStore("studies").index("updated").openCursor(null, "prev");
    await new Promise((done) => {
      cursor.onsuccess = done;
    });
    db.close();
    return String(cursor.result?.key);
  });

/** Changes the document of the study that was kept last. */
export const tamper = (page: Page, change: Readonly<Record<string, unknown>>) =>
  page.evaluate(async (fields) => {
    const db = await new Promise<IDBDatabase>((done, fail) => {
      const asked = indexedDB.open("bitscape");
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => fail(asked.error);
    });
    const writing = db.transaction("studies", "readwrite");
    const cursor = writing.objectStore("studies").index("updated").openCursor(null, "prev");
    cursor.onsuccess = () => {
      cursor.result?.update({ ...cursor.result.value, ...fields });
    };
    await new Promise((done) => {
      writing.oncomplete = done;
    });
    db.close();
  }, change);

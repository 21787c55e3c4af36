import { expect, test } from "vitest";
import { Late } from "./late.ts";

test("a room is loaded once, by its first call; calls keep their order, and what settles has begun", async () => {
  const late = new Late();
  const done: number[] = [];
  let loads = 0;
  const room = late.room(async () => {
    loads++;
    await new Promise((resolve) => setTimeout(resolve, 5));
    return {
      async call(n: number) {
        done.push(n);
        return 2 * n;
      },
    };
  });
  expect([loads, late.settled]).toEqual([0, undefined]);
  const calls = [room.call(1), room.call(2)];
  await late.settled;
  expect(done).toEqual([1, 2]);
  expect(await Promise.all([...calls, room.call(3)])).toEqual([2, 4, 6]);
  expect([loads, late.settled]).toEqual([1, undefined]);
});

test("a room that could not be loaded is tried again", async () => {
  let tries = 0;
  const room = new Late().room(async () => {
    if (++tries === 1) throw new Error("offline");
    return { call: async () => "here" };
  });
  await expect(room.call()).rejects.toThrow("offline");
  expect(await room.call()).toBe("here");
});

// Times of day as they are written on the screen.

const day = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });

/** @param time milliseconds since 1970 */
export const when = (time: number) => day.format(time);

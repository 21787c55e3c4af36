// Progress of a long call, as every room of the engine reports it.

/** What it is doing, how much is done, of how much. */
export type OnProgress = (what: string, done: number, total: number) => void;

/** Awaited between two steps of long work; throws to cancel. */
export type Between = (done: number, total: number) => Promise<void>;

// Late: rooms whose code is loaded when the first call comes, so that what nobody asks for is never fetched. Only loading; what
// a room does is its own.

export class Late {
  #loading: Promise<unknown> | undefined;

  /** A room to call at once: its calls wait for its code, in the order in which they came. All of them give promises. */
  room<Room extends object>(load: () => Promise<Room>): Room {
    let room: Promise<Room> | undefined;
    const loaded = () => {
      if (room) return room;
      const loading = load();
      room = loading;
      // One that could not be fetched is tried again by the next call.
      loading.catch(() => {
        room = undefined;
      });
      const others = this.#loading;
      const all = Promise.allSettled([others, loading]).then(() => {
        if (this.#loading === all) this.#loading = undefined;
      });
      this.#loading = all;
      return loading;
    };
    return new Proxy({} as Room, {
      get:
        (_, key) =>
        async (...args: unknown[]) => {
          const found = await loaded();
          const call = Reflect.get(found, key) as (...args: unknown[]) => unknown;
          return call.apply(found, args);
        },
    });
  }

  /** Resolves when no room is being loaded; undefined where none is: a job that was asked for has begun by then. */
  get settled(): Promise<unknown> | undefined {
    return this.#loading;
  }
}

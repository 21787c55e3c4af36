// npm hands SIGTERM to the shell it starts a script with, and that shell dies without passing them on:
// the script would go on unseen. So a script that npm started ends when its parent does.

/** @param {NodeJS.Signals} signal what to end with, as if it had been sent to this process */
export function endWithParent(signal) {
  if (!process.env.npm_lifecycle_event || process.platform === "win32") return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, signal);
  }, 500);
  watch.unref();
}

// A thin progress bar; without a total it moves to and fro.

export function Meter({ label, done, total }: { label: string; done: number; total: number }) {
  const known = total > 0;
  return (
    <div
      className="meter"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={known ? total : undefined}
      aria-valuenow={known ? done : undefined}
      data-unknown={known ? undefined : ""}
    >
      <span style={known ? { width: `${(100 * done) / total}%` } : undefined} />
    </div>
  );
}

// What was left out of a network, grouped by reason: a long list is a count first.

export interface SkippedGroup {
  readonly reason: string;
  readonly nodes: readonly string[];
}

export function grouped(
  skipped: readonly { readonly node: string; readonly reason: string }[],
): SkippedGroup[] {
  const groups = new Map<string, string[]>();
  for (const { node, reason } of skipped) groups.set(reason, [...(groups.get(reason) ?? []), node]);
  return [...groups]
    .map(([reason, nodes]) => ({ reason, nodes }))
    .sort((a, b) => b.nodes.length - a.nodes.length);
}

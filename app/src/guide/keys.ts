// What the keyboard does, for those who would rather not use a mouse, and what a pointer does that is not seen.

export const keys: readonly (readonly [keys: string, what: string])[] = [
  ["Tab", "to the next part of the page; into the heatmap as one stop"],
  ["↑ ↓ ← →", "move in the heatmap; on a group, ← and → close and open it"],
  ["Enter", "give the row the bits of the cell; in the graph, select the node"],
  ["Shift with arrows or click", "select a range of rows"],
  ["L", "lock or unlock the row’s bits"],
  ["/", "filter layers by name or operator"],
  ["Ctrl Z, Ctrl Shift Z", "undo, redo"],
  ["Drag over cells", "give several rows their bits in one stroke"],
  ["Drag on the edge between panels", "more room for one of them; arrow keys do the same"],
  ["Escape", "close what is open; clear the filter"],
];

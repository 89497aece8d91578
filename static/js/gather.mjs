// Gathering what comes soon after one another, so that it is told of at once.

const MOMENT = 100; // ms

// Return what takes one thing, and a moment later calls `tell` with all that came; then not again for `pause` ms.
export function gather(pause, tell) {
  let gathered = [];
  let toldAt = 0;
  const tellAll = () => {
    const all = gathered;
    gathered = [];
    toldAt = Date.now();
    tell(all);
  };
  return one => {
    if (gathered.length === 0) setTimeout(tellAll, Math.max(MOMENT, toldAt + pause - Date.now()));
    gathered.push(one);
  };
}
